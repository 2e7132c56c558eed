import { operations } from "../../shared/api/operations.ts";
import type { Row } from "./row.ts";
import type { Workspace } from "./workspace.ts";

/** The function of an operation has the operation's name in kebab case. */
const functionOf = (operation: string) => operation.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const isRead = (operation: string, method: string) => method === "GET" || operation === "searchRequests";

/** What each function's code weighs, minified. The script of the documentation's page lies beside its function and is no code of it. */
export function bundleSizes({ sizes }: Workspace): Row[] {
  const row = (name: string, value: number, goal: number): Row => ({ name, value, goal, unit: "KB" });
  const sizeOf = (name: string) => sizes.find((bundle) => bundle.name === name)?.size ?? Number.NaN;
  const reads = Object.entries(operations).flatMap(([operation, { method }]) =>
    isRead(operation, method) && operation !== "getDocument" ? [functionOf(operation)] : [],
  );
  const heaviest = reads.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0] ?? "none";
  return [
    row("bundle of submit-request", sizeOf("submit-request"), 450),
    row("bundle of get-document", sizeOf("get-document"), 420),
    row(`bundle of the heaviest other read function, ${heaviest}`, sizeOf(heaviest), 400),
  ];
}
