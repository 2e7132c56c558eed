import { type OperationId, operations } from "../../shared/api/operations.ts";
import { answerSchema } from "../../shared/api/responses.ts";

/** The operation that a call reaches; `undefined` where no route matches. The more literal path wins, as at the gateway. */
function operationAt(method: string, path: string): OperationId | undefined {
  // The gateway routes by the decoded path.
  const plain = decodeURIComponent(path.split("?")[0] ?? "");
  return (Object.keys(operations) as OperationId[])
    .filter((id) => operations[id].method === method && matches(operations[id].path, plain))
    .sort((a, b) => operations[a].path.split("{").length - operations[b].path.split("{").length)[0];
}

const matches = (template: string, path: string) =>
  new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path);

/** Throws when the API answered what its own document does not say: an unknown status, or a body of another shape. */
export function mustBeDocumented(
  method: string,
  path: string,
  answer: { status: number; contentType: string; body: unknown },
): void {
  const id = operationAt(method, path);
  if (!id) return;
  const schema = answerSchema(id, answer.status, answer.contentType);
  if (!schema)
    throw new Error(`${id} answers ${answer.status} ${answer.contentType}, which is not documented: ${said(answer.body)}`);
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`${id} answers ${answer.status} with another shape than documented: ${faults.join("; ")}\n${said(answer.body)}`);
}

const said = (body: unknown) => JSON.stringify(body)?.slice(0, 1000);
