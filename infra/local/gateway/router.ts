export type Match<Target> = { target: Target; pathParameters: Record<string, string> };

type Segment = { kind: "static" | "parameter" | "greedy"; text: string };
type Compiled<Target> = { target: Target; method: string; segments: Segment[] };

/**
 * Chooses among routes as an HTTP API does: of those that match method and path the most specific one (a static segment before
 * `{parameter}` before `{proxy+}`, a method before `ANY`), else `$default`. `path` is decoded already, as it is when AWS routes it.
 */
export const openRouter = <Target extends { routeKey: string }>(routes: Target[]) => {
  const fallback = routes.find(({ routeKey }) => routeKey === "$default");
  const compiled = routes.filter((route) => route !== fallback).map(compile);
  compiled.sort(bySpecificity);

  return (method: string, path: string): Match<Target> | undefined => {
    const parts = path.split("/").slice(1);
    for (const route of compiled) {
      if (route.method !== method && route.method !== "ANY") continue;
      const pathParameters = matchSegments(route.segments, parts);
      if (pathParameters) return { target: route.target, pathParameters };
    }
    return fallback && { target: fallback, pathParameters: {} };
  };
};

const compile = <Target extends { routeKey: string }>(target: Target): Compiled<Target> => {
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(target.routeKey) ?? [];
  if (method === undefined || path === undefined) throw new Error(`${target.routeKey} is no route key`);
  const segments = path
    .split("/")
    .slice(1)
    .map((text): Segment => {
      const [, name, plus] = /^\{([\w.:-]+)(\+?)\}$/.exec(text) ?? [];
      if (name === undefined) return { kind: "static", text };
      return { kind: plus ? "greedy" : "parameter", text: name };
    });
  return { target, method, segments };
};

const rank = { static: 0, parameter: 1, greedy: 2 };

const bySpecificity = (left: Compiled<unknown>, right: Compiled<unknown>): number => {
  for (let index = 0; index < Math.min(left.segments.length, right.segments.length); index += 1) {
    const difference = rank[left.segments[index]?.kind ?? "static"] - rank[right.segments[index]?.kind ?? "static"];
    if (difference !== 0) return difference;
  }
  return right.segments.length - left.segments.length || Number(left.method === "ANY") - Number(right.method === "ANY");
};

const matchSegments = (segments: Segment[], parts: string[]): Record<string, string> | undefined => {
  const parameters: [string, string][] = [];
  for (const [index, { kind, text }] of segments.entries()) {
    const part = parts[index];
    if (kind === "greedy") {
      const rest = parts.slice(index).join("/");
      if (rest === "") return undefined;
      parameters.push([text, rest]);
      return Object.fromEntries(parameters);
    }
    if (part === undefined || (kind === "static" && part !== text)) return undefined;
    if (kind === "parameter") {
      if (part === "") return undefined;
      parameters.push([text, part]);
    }
  }
  return parts.length === segments.length ? Object.fromEntries(parameters) : undefined;
};
