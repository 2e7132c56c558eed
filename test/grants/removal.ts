import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One action of one Allow statement: `statement` is where it stands, `<stack>/<logical id>[/<policy>][<Sid or index>]`. */
export type Removal = { statement: string; action: string };

/** Takes one action out of a synthesized template on disk, with its statement when nothing is left of it. */
export const removeAction = (assembly: string, { statement, action }: Removal): void => {
  const [, stack = "", logicalId = "", policyName, which = ""] =
    /^([^/]+)\/([^/[]+)(?:\/([^[]+))?(?:\[(.+)\])$/.exec(statement) ?? [];
  const path = join(assembly, `${stack}.template.json`);
  const template = JSON.parse(readFileSync(path, "utf8")) as { Resources: Record<string, { Type: string; Properties: Json }> };
  const resource = template.Resources[logicalId];
  if (!resource) throw new Error(`${stack} has no resource ${logicalId}`);
  if (resource.Type === "AWS::Lambda::Permission") {
    delete template.Resources[logicalId];
  } else {
    const document = documentIn(resource.Properties, policyName);
    const statements = listOf(document.Statement);
    const index = statements.findIndex((one, at) => (one.Sid ?? String(at)) === which);
    const found = statements[index];
    const actions = listOf(found?.Action);
    if (!found || !actions.includes(action)) throw new Error(`${statement} does not allow ${action}`);
    found.Action = actions.filter((one) => one !== action);
    // A statement without an action, or a policy without a statement, would be no policy any more.
    if (listOf(found.Action).length === 0) found.Action = "none:Nothing";
  }
  writeFileSync(path, JSON.stringify(template));
};

/** The same for whoever runs the tests on a template with a hole in it: `REMOVED_GRANT` is a removal in JSON. */
export const withoutRemovedGrant = (assembly: string): void => {
  const removed = process.env.REMOVED_GRANT;
  if (removed) removeAction(assembly, JSON.parse(removed) as Removal);
};

// biome-ignore lint/suspicious/noExplicitAny: a template's properties are whatever CloudFormation takes
type Json = any;

const listOf = (value: Json): Json[] => (Array.isArray(value) ? value : [value]);

const documentIn = (properties: Json, policyName: string | undefined): Json =>
  properties.KeyPolicy ??
  properties.PolicyDocument ??
  properties.Policies?.find((policy: Json) => policy.PolicyName === policyName)?.PolicyDocument ?? { Statement: [] };

/** Takes away what reads the table's stream: nothing then follows a change by itself. */
export const withoutStreamReaders = (assembly: string): void => {
  for (const file of readdirSync(assembly).filter((name) => name.endsWith(".template.json"))) {
    const path = join(assembly, file);
    const template = JSON.parse(readFileSync(path, "utf8")) as { Resources: Record<string, { Type: string; Properties: Json }> };
    for (const [logicalId, { Type, Properties }] of Object.entries(template.Resources))
      if (Type === "AWS::Lambda::EventSourceMapping" && Properties.StartingPosition !== undefined)
        delete template.Resources[logicalId];
    writeFileSync(path, JSON.stringify(template));
  }
};
