import { describe, expect, it, test } from "vitest";
import { loadAssembly } from "../../infra/local/assembly.ts";
import { type Judged, openAuthority } from "../../infra/local/iam/authority.ts";
import { compileConditions } from "../../infra/local/iam/conditions.ts";
import { arnPattern, textPattern } from "../../infra/local/iam/patterns.ts";
import { compilePolicy } from "../../infra/local/iam/statements.ts";
import { type Resources, writeAssembly } from "./fixture-assembly.ts";

const account = "000000000000";
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${account}:${resource}`;
const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
type Statement = Record<string, unknown>;
const policy = (...Statement: Statement[]) => ({ Version: "2012-10-17", Statement });
const allow = (Action: unknown, Resource: unknown, more: Statement = {}): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown, more: Statement = {}): Statement => ({
  Effect: "Deny",
  Action,
  Resource,
  ...more,
});
const everybody = { Principal: { AWS: "*" } };
const lambda = { Service: "lambda.amazonaws.com" };
const trusting = (Principal: unknown, more: Statement = {}) =>
  policy({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more });

const role = (RoleName: string, ...statements: Statement[]) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    RoleName,
    AssumeRolePolicyDocument: trusting(lambda),
    Policies: statements.length > 0 ? [{ PolicyName: "own", PolicyDocument: policy(...statements) }] : [],
  },
});
const bucket = { Type: "AWS::S3::Bucket", Properties: { BucketName: "shelf" } };
const objects = "arn:aws:s3:::shelf/*";
const object = "arn:aws:s3:::shelf/a";
const bucketPolicy = (...statements: Statement[]) => ({
  Type: "AWS::S3::BucketPolicy",
  Properties: { Bucket: { Ref: "Shelf" }, PolicyDocument: policy(...statements) },
});

const open = (resources: Resources, judged: Judged[] = []) =>
  openAuthority(loadAssembly(writeAssembly({ desk: { resources } })), { onJudged: (one) => judged.push(one) });
const verdict = (resources: Resources, action: string, resource: string, by = "clerk") =>
  open(resources).asRole(by, action, resource);
const because = (resources: Resources, action: string, resource: string, by?: string) => {
  const answer = verdict(resources, action, resource, by);
  return answer.allowed ? "allowed" : answer.because;
};

describe("patterns", () => {
  test.each([
    ["s3:Get*", "s3:GetObject", true],
    ["s3:Get*", "s3:PutObject", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["a.c", "abc", false],
    ["*", "anything\nat all", true],
  ])("%s against %j: %s", (pattern, text, expected) => expect(textPattern(pattern)(text)).toBe(expected));

  test.each([
    [objects, "arn:aws:s3:::shelf/a/b:c", true],
    [objects, "arn:aws:s3:::shelf", false],
    ["arn:aws:dynamodb:*:*:table/t", arn("dynamodb", "table/t"), true],
    // A wildcard does not reach over the end of its part.
    ["arn:aws:dynamodb:*:table/t", arn("dynamodb", "table/t"), undefined],
    [arn("secretsmanager", "secret:vendor-??????"), arn("secretsmanager", "secret:vendor-a1b2c3"), true],
    [arn("secretsmanager", "secret:vendor-??????"), arn("secretsmanager", "secret:vendor-key-a1b2c3"), false],
    ["*", "arn:aws:s3:::shelf", true],
  ])("%s against %s: %s", (pattern, text, expected) => {
    if (expected === undefined) expect(() => arnPattern(pattern, "here")).toThrow("is no ARN");
    else expect(arnPattern(pattern, "here")(text)).toBe(expected);
  });
});

describe("an identity policy", () => {
  it("allows what it names, actions in any case, resources to the letter", () => {
    const resources = { Clerk: role("clerk", allow(["dynamodb:getitem"], arn("dynamodb", "table/t"))) };
    expect(because(resources, "dynamodb:GetItem", arn("dynamodb", "table/t"))).toBe("allowed");
    expect(because(resources, "dynamodb:PutItem", arn("dynamodb", "table/t"))).toMatch("no identity-based policy allows");
    expect(because(resources, "dynamodb:GetItem", arn("dynamodb", "table/T"))).toMatch("no identity-based policy allows");
    expect(because(resources, "dynamodb:GetItem", arn("dynamodb", "table/t/index/i"))).toMatch("no identity-based policy allows");
  });

  it("may stand in the role, beside it, or be managed by the template", () => {
    const resources = (more: Resources, properties: Record<string, unknown> = {}) => {
      const clerk = role("clerk");
      return { Clerk: { ...clerk, Properties: { ...clerk.Properties, ...properties } }, ...more };
    };
    const document = { PolicyDocument: policy(allow("s3:GetObject", objects)) };
    const beside = {
      Beside: { Type: "AWS::IAM::Policy", Properties: { PolicyName: "p", Roles: [{ Ref: "Clerk" }], ...document } },
    };
    const managed = { Managed: { Type: "AWS::IAM::ManagedPolicy", Properties: document } };
    expect(because(resources(beside), "s3:GetObject", object)).toBe("allowed");
    expect(because(resources(managed, { ManagedPolicyArns: [{ Ref: "Managed" }] }), "s3:GetObject", object)).toBe("allowed");
    expect(because(resources(managed), "s3:GetObject", object)).toMatch("no identity-based policy");
  });

  it("denies in spite of every Allow", () => {
    const resources = { Clerk: role("clerk", allow("s3:*", "*"), deny("s3:GetObject", objects)) };
    expect(because(resources, "s3:GetObject", object)).toBe("an identity-based policy denies it");
    expect(because(resources, "s3:PutObject", object)).toBe("allowed");
  });

  it("NotAction and NotResource mean everything else", () => {
    const resources = { Clerk: role("clerk", { Effect: "Allow", NotAction: "s3:PutObject", NotResource: "arn:aws:s3:::other/*" }) };
    expect(because(resources, "s3:GetObject", object)).toBe("allowed");
    expect(because(resources, "s3:PutObject", object)).toMatch("no identity-based policy");
    expect(because(resources, "s3:GetObject", "arn:aws:s3:::other/a")).toMatch("no identity-based policy");
  });

  it("a role that the template does not have may do nothing", () => {
    expect(because({ Clerk: role("clerk", allow("s3:*", "*")) }, "s3:GetObject", object, "stranger")).toMatch(
      "no identity-based policy",
    );
  });
});

describe("a resource's policy", () => {
  const withPolicy = (...statements: Statement[]) => ({ Clerk: role("clerk"), Shelf: bucket, Policy: bucketPolicy(...statements) });

  it("allows a role of the account by itself", () => {
    const resources = withPolicy(allow("s3:GetObject", objects, { Principal: { AWS: roleArn("clerk") } }));
    expect(because(resources, "s3:GetObject", object)).toBe("allowed");
    expect(because(resources, "s3:GetObject", object, "other")).toMatch("no identity-based policy");
  });

  it("naming the account leaves it to identity policies", () => {
    const resources = withPolicy(allow("s3:GetObject", objects, { Principal: { AWS: `arn:aws:iam::${account}:root` } }));
    expect(because(resources, "s3:GetObject", object)).toMatch("no identity-based policy");
  });

  it("denies in spite of an identity policy, and denies the developer too", () => {
    const resources = {
      Clerk: role("clerk", allow("s3:*", "*")),
      Shelf: bucket,
      Policy: bucketPolicy(
        deny("s3:PutObject", objects, { ...everybody, Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArn("writer") } } }),
      ),
      Writer: role("writer", allow("s3:PutObject", objects)),
    };
    expect(because(resources, "s3:PutObject", object)).toBe("a resource-based policy denies it");
    expect(because(resources, "s3:PutObject", object, "writer")).toBe("allowed");
    const developer = { name: "developer", accessKeyId: "", secretAccessKey: "" };
    const { judge } = open(resources);
    expect(judge({ identity: developer, action: "s3:GetObject", resource: object }).allowed).toBe(true);
    expect(judge({ identity: developer, action: "s3:PutObject", resource: object }).allowed).toBe(false);
  });

  it("NotPrincipal spares from a Deny whom it lists with the account", () => {
    const spared = (...names: string[]) => ({
      Clerk: role("clerk", allow("s3:*", "*")),
      Shelf: bucket,
      Policy: bucketPolicy(deny("s3:GetObject", objects, { NotPrincipal: { AWS: names } })),
    });
    expect(because(spared(roleArn("clerk"), account), "s3:GetObject", object)).toBe("allowed");
    expect(because(spared(roleArn("clerk")), "s3:GetObject", object)).toMatch("denies");
    expect(because(spared(account), "s3:GetObject", object)).toMatch("denies");
  });

  it("lets a service send for the rule that it names, and for no other", () => {
    const { asService } = open({
      Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "q" } },
      Policy: {
        Type: "AWS::SQS::QueuePolicy",
        Properties: {
          Queues: [{ Ref: "Queue" }],
          PolicyDocument: policy(
            allow(
              "sqs:SendMessage",
              { "Fn::GetAtt": ["Queue", "Arn"] },
              {
                Principal: { Service: "events.amazonaws.com" },
                Condition: { ArnEquals: { "aws:SourceArn": arn("events", "rule/r") } },
              },
            ),
          ),
        },
      },
    });
    const send = (service: string, rule: string) =>
      asService({ service, sourceArn: arn("events", rule), action: "sqs:SendMessage", resource: arn("sqs", "q") }).allowed;
    expect(send("events.amazonaws.com", "rule/r")).toBe(true);
    expect(send("events.amazonaws.com", "rule/s")).toBe(false);
    expect(send("scheduler.amazonaws.com", "rule/r")).toBe(false);
  });

  it("a permission lets a route call its function", () => {
    const { asService } = open({
      Permission: {
        Type: "AWS::Lambda::Permission",
        Properties: {
          Action: "lambda:InvokeFunction",
          FunctionName: arn("lambda", "function:f"),
          Principal: "apigateway.amazonaws.com",
          SourceArn: arn("execute-api", "a/*/*/v1/requests"),
        },
      },
    });
    const call = (path: string) =>
      asService({
        service: "apigateway.amazonaws.com",
        sourceArn: arn("execute-api", `a/$default/POST${path}`),
        action: "lambda:InvokeFunction",
        resource: arn("lambda", "function:f"),
      }).allowed;
    expect(call("/v1/requests")).toBe(true);
    expect(call("/v1/requests/{requestId}")).toBe(false);
  });
});

describe("a key", () => {
  const key = (...statements: Statement[]) => ({
    Type: "AWS::KMS::Key",
    Properties: { KeyPolicy: policy(allow("kms:*", "*", { Principal: { AWS: `arn:aws:iam::${account}:root` } }), ...statements) },
  });
  const encrypted = {
    Type: "AWS::S3::Bucket",
    Properties: {
      BucketName: "shelf",
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { KMSMasterKeyID: { "Fn::GetAtt": ["Key", "Arn"] } } },
        ],
      },
    },
  };
  const throughS3 = (action: string, service = "s3") =>
    allow(action, "*", {
      ...everybody,
      Condition: { StringEquals: { "kms:CallerAccount": account, "kms:ViaService": `${service}.us-east-1.amazonaws.com` } },
    });

  it("is needed for what it encrypts: to read it and to write it", () => {
    const resources = (...statements: Statement[]) => ({
      Clerk: role("clerk", allow(["s3:GetObject", "s3:PutObject"], objects)),
      Shelf: encrypted,
      Key: key(...statements),
    });
    expect(because(resources(), "s3:GetObject", object)).toMatch("it needs kms:Decrypt on arn:aws:kms:");
    expect(because(resources(throughS3("kms:Decrypt")), "s3:GetObject", object)).toBe("allowed");
    expect(because(resources(throughS3("kms:Decrypt")), "s3:PutObject", object)).toMatch("it needs kms:GenerateDataKey");
    expect(because(resources(throughS3("kms:GenerateDataKey")), "s3:PutObject", object)).toBe("allowed");
    expect(because(resources(throughS3("kms:Decrypt", "sqs")), "s3:GetObject", object)).toMatch("it needs kms:Decrypt");
  });

  it("follows an identity policy only where its own policy names the account", () => {
    const resources = (Key: Resources[string]) => ({
      Clerk: role("clerk", allow("s3:GetObject", objects), allow("kms:Decrypt", "*")),
      Shelf: encrypted,
      Key,
    });
    expect(because(resources(key()), "s3:GetObject", object)).toBe("allowed");
    const closed = { Type: "AWS::KMS::Key", Properties: { KeyPolicy: policy(throughS3("kms:Encrypt")) } };
    expect(because(resources(closed), "s3:GetObject", object)).toMatch("it needs kms:Decrypt");
  });

  it("is found by its alias, and is needed by a service that sends in its own name", () => {
    const resources = (...statements: Statement[]) => ({
      Key: key(...statements),
      Alias: { Type: "AWS::KMS::Alias", Properties: { AliasName: "alias/desk", TargetKeyId: { Ref: "Key" } } },
      Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "q", KmsMasterKeyId: "alias/desk" } },
      Policy: {
        Type: "AWS::SQS::QueuePolicy",
        Properties: {
          Queues: [{ Ref: "Queue" }],
          PolicyDocument: policy(allow("sqs:SendMessage", arn("sqs", "q"), { Principal: { Service: "events.amazonaws.com" } })),
        },
      },
    });
    const send = (...statements: Statement[]) =>
      open(resources(...statements)).asService({
        service: "events.amazonaws.com",
        sourceArn: arn("events", "rule/r"),
        action: "sqs:SendMessage",
        resource: arn("sqs", "q"),
      }).allowed;
    const own = allow(["kms:Decrypt", "kms:GenerateDataKey"], "*", { Principal: { Service: "events.amazonaws.com" } });
    expect(send()).toBe(false);
    // A service that calls in its own name does not call from this account.
    expect(send(throughS3("kms:*", "sqs"))).toBe(false);
    expect(send(own)).toBe(true);
  });

  it("of another account is an error", () => {
    const queue = { Type: "AWS::SQS::Queue", Properties: { QueueName: "q", KmsMasterKeyId: "alias/elsewhere" } };
    expect(() => open({ Queue: queue })).toThrow("desk/Queue: alias/elsewhere is no key of the template");
  });
});

describe("a condition", () => {
  const held = (block: unknown, context: Record<string, string | string[]>) =>
    compileConditions(block, "here")(new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()])));
  const is = { "aws:PrincipalArn": roleArn("clerk") };

  test.each<[string, unknown, boolean, boolean]>([
    // operator, value, when it is there and matches, when the key is absent
    ["StringEquals", roleArn("clerk"), true, false],
    ["StringEquals", ["x", roleArn("clerk")], true, false],
    ["StringEquals", roleArn("CLERK"), false, false],
    ["StringEqualsIgnoreCase", roleArn("CLERK"), true, false],
    ["StringNotEquals", roleArn("clerk"), false, true],
    ["StringNotEquals", ["x", roleArn("clerk")], false, true],
    ["StringNotEqualsIgnoreCase", roleArn("other"), true, true],
    ["StringLike", "*/cl?rk", true, false],
    ["StringNotLike", "*/cl?rk", false, true],
    ["ArnEquals", "arn:aws:iam::*:role/clerk", true, false],
    ["ArnLike", "arn:aws:iam::*:role/*", true, false],
    ["ArnNotEquals", roleArn("clerk"), false, true],
    ["ArnNotLike", roleArn("other"), true, true],
    ["StringEqualsIfExists", "x", false, true],
    ["ForAnyValue:StringEquals", roleArn("clerk"), true, false],
    ["ForAnyValue:StringNotEquals", "x", true, false],
    ["ForAllValues:StringEquals", roleArn("clerk"), true, true],
    ["ForAllValues:StringEquals", "x", false, true],
    ["Null", "false", true, false],
    ["Null", "true", false, true],
  ])("%s %j: %s, and %s without the key", (operator, value, present, absent) => {
    const block = { [operator]: { "AWS:principalarn": value } };
    expect([held(block, is), held(block, {})]).toEqual([present, absent]);
  });

  test.each([
    ["Bool", "aws:SecureTransport", "false", "true", false],
    ["Bool", "aws:SecureTransport", false, "false", true],
    ["NumericLessThan", "s3:TlsVersion", 1.2, "1.3", false],
    ["NumericLessThan", "s3:TlsVersion", "1.2", "1.1", true],
    ["NumericGreaterThanEquals", "s3:TlsVersion", "1.2", "1.2", true],
  ])("%s of %s, %j against %s: %s", (operator, key, wanted, value, expected) => {
    expect(held({ [operator]: { [key]: wanted } }, { [key]: value })).toBe(expected);
  });

  describe("of the partitions that a call names", () => {
    const table = arn("dynamodb", "table/t");
    const partitions = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["POLICY", "POLICY#*"] } };
    const { judge } = open({
      Clerk: role("clerk", allow(["dynamodb:GetItem", "dynamodb:BatchGetItem"], table, { Condition: partitions })),
      Other: role("other", allow("dynamodb:GetItem", table)),
    });
    const may = (name: string, ...leadingKeys: string[]) =>
      judge({
        identity: { name, accessKeyId: "", secretAccessKey: "" },
        action: leadingKeys.length > 1 ? "dynamodb:BatchGetItem" : "dynamodb:GetItem",
        resource: table,
        leadingKeys,
      }).allowed;

    it("each must be among those allowed, and one call is no answer for another", () => {
      expect(may("clerk", "POLICY")).toBe(true);
      expect(may("clerk", "POLICY#2027-01-01")).toBe(true);
      expect(may("clerk", "REQUEST#a")).toBe(false);
      expect(may("clerk", "POLICY", "POLICY#2027-01-01")).toBe(true);
      expect(may("clerk", "POLICY", "REQUEST#a")).toBe(false);
      expect(may("clerk", "POLICY")).toBe(true);
    });

    it("who is allowed without a condition reads any of them", () => {
      expect(may("other", "REQUEST#a")).toBe(true);
    });
  });

  it("all keys and operators must hold", () => {
    const block = {
      StringEquals: { "aws:PrincipalArn": roleArn("clerk"), "aws:SourceAccount": account },
      Bool: { "aws:SecureTransport": "true" },
    };
    expect(held(block, { ...is, "aws:SourceAccount": account, "aws:SecureTransport": "true" })).toBe(true);
    expect(held(block, { ...is, "aws:SecureTransport": "true" })).toBe(false);
  });

  test.each<[unknown, string]>([
    [{ StringMatches: { "aws:PrincipalArn": "x" } }, "condition operator StringMatches is not supported"],
    [{ toString: { "aws:PrincipalArn": "x" } }, "condition operator toString is not supported"],
    [{ IpAddress: { "aws:PrincipalArn": "10.0.0.0/8" } }, "condition operator IpAddress is not supported"],
    [{ StringEquals: { "aws:MoonPhase": "full" } }, "condition key aws:MoonPhase is not known"],
    [{ StringEquals: { "aws:PrincipalArn": [] } }, "no value is given"],
    [{ StringEquals: { "aws:PrincipalArn": { Ref: "x" } } }, "is no value"],
    [{ StringEquals: { "aws:PrincipalArn": "$" + "{aws:username}" } }, "policy variables are not supported"],
    [{ NumericEquals: { "s3:TlsVersion": "new" } }, "new is no number"],
    [{ Null: { "aws:PrincipalArn": "maybe" } }, "Null takes true or false"],
    [{ StringEquals: "x" }, "expected a map"],
  ])("%j is an error", (block, message) => expect(() => compileConditions(block, "here")).toThrow(message));
});

describe("what is not understood is an error when the template is read", () => {
  const ok = allow("s3:GetObject", objects);
  test.each<[string, unknown, "identity" | "resource" | "trust", string]>([
    ["another version", { Version: "2008-10-17", Statement: [ok] }, "identity", "policy version 2008-10-17 is not supported"],
    ["no version", { Statement: [ok] }, "identity", "policy version undefined is not supported"],
    ["an element of the policy", { ...policy(ok), Grants: [] }, "identity", "policy element Grants is not known"],
    ["an element of a statement", policy({ ...ok, Until: "noon" }), "identity", "statement element Until is not known"],
    ["another effect", policy({ ...ok, Effect: "Audit" }), "identity", "effect Audit is not known"],
    ["no action", policy({ Effect: "Allow", Resource: "*" }), "identity", "one of Action and NotAction is needed"],
    ["both", policy({ ...ok, NotAction: "s3:PutObject" }), "identity", "one of Action and NotAction is needed"],
    ["a malformed action", policy(allow("GetObject", "*")), "identity", "GetObject is no action"],
    ["a malformed resource", policy(allow("s3:GetObject", "shelf")), "identity", "shelf is no ARN"],
    ["an intrinsic", policy(allow("s3:GetObject", { "Fn::Cidr": [] })), "identity", "is no text"],
    ["a variable", policy(allow("s3:GetObject", "arn:aws:s3:::shelf/$" + "{aws:userid}")), "identity", "policy variables"],
    ["a principal in an identity policy", policy({ ...ok, Principal: "*" }), "identity", "names no principal"],
    ["nobody in a resource's policy", policy(ok), "resource", "one of Principal and NotPrincipal is needed"],
    ["a federated principal", policy({ ...ok, Principal: { Federated: "x" } }), "resource", "the principal Federated"],
    [
      "a session",
      policy({ ...ok, Principal: { AWS: `arn:aws:sts::${account}:assumed-role/r/s` } }),
      "resource",
      "is not supported",
    ],
    ["a resource in a trust policy", policy({ ...ok, Principal: lambda }), "trust", "names no resource"],
    ["no list", { Version: "2012-10-17" }, "identity", "not a statement"],
  ])("%s", (_, document, kind, message) => expect(() => compilePolicy(document, kind, "here")).toThrow(message));

  test.each<[string, Resources, string]>([
    [
      "a managed policy of AWS",
      {
        Clerk: {
          Type: "AWS::IAM::Role",
          Properties: { ...role("clerk").Properties, ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
        },
      },
      "AdministratorAccess grants is not in the template",
    ],
    [
      "a permissions boundary",
      {
        Clerk: {
          Type: "AWS::IAM::Role",
          Properties: { ...role("clerk").Properties, PermissionsBoundary: "arn:aws:iam::aws:policy/x" },
        },
      },
      "permissions boundaries are not judged here",
    ],
    ["a policy of another kind", { P: { Type: "AWS::SecretsManager::ResourcePolicy", Properties: {} } }, "are not judged here"],
  ])("%s", (_, resources, message) => expect(() => open(resources)).toThrow(message));
});

describe("a role", () => {
  const trusted = (document: unknown) => ({
    Clerk: { Type: "AWS::IAM::Role", Properties: { RoleName: "clerk", AssumeRolePolicyDocument: document } },
  });
  it.each<[string, unknown, boolean]>([
    ["the service", trusting(lambda), true],
    ["another service", trusting({ Service: "scheduler.amazonaws.com" }), false],
    ["the service for this account", trusting(lambda, { Condition: { StringEquals: { "aws:SourceAccount": account } } }), true],
    [
      "the service for another account",
      trusting(lambda, { Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } } }),
      false,
    ],
    ["nobody", policy({ Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" }), false],
  ])("that trusts %s", (_, document, expected) => {
    const require = () => open(trusted(document)).requireTrust("clerk", "lambda.amazonaws.com", arn("lambda", "function:f"));
    if (expected) expect(require).not.toThrow();
    else expect(require).toThrow("AccessDenied: lambda.amazonaws.com is not authorized to perform: sts:AssumeRole");
  });
});

test("each kind of call is told once, with the statements that let it through", () => {
  const judged: Judged[] = [];
  const { asRole, grants } = open({ Clerk: role("clerk", allow(["s3:GetObject", "s3:PutObject"], objects)) }, judged);
  for (const action of ["s3:GetObject", "s3:GetObject", "s3:DeleteObject"]) asRole("clerk", action, object);
  const statement = "desk/Clerk/own[0]";
  expect(judged).toEqual([
    {
      by: "clerk",
      action: "s3:GetObject",
      resource: object,
      grants: [{ statement, holder: "clerk", action: "s3:GetObject", resource: objects }],
    },
    { by: "clerk", action: "s3:DeleteObject", resource: object, grants: [], because: expect.stringContaining("s3:DeleteObject") },
  ]);
  expect(grants.map(({ action }) => action)).toEqual(["s3:GetObject", "s3:PutObject"]);
});
