import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadAssembly } from "../../infra/local/assembly.ts";
import { functionDefinitions } from "../../infra/local/functions/definitions.ts";
import { type Resources, writeAssembly } from "./fixture-assembly.ts";

/** The resolved properties of a resource that holds `value`, beside `others`. */
const resolved = (value: unknown, others: Resources = {}, more: { conditions?: Record<string, unknown> } = {}) => {
  const directory = writeAssembly({
    desk: { resources: { Subject: { Type: "AWS::SSM::Parameter", Properties: { Value: value } }, ...others }, ...more },
  });
  return loadAssembly(directory, { apiUrl: "http://127.0.0.1:4010" }).find("desk", "Subject")?.properties.Value;
};

/** `Fn::Sub` marks its variables as JavaScript does; written apart, so that neither is taken for the other. */
const template = (text: string) => text.replaceAll("#{", "$" + "{");

const table: Resources = {
  Table: { Type: "AWS::DynamoDB::GlobalTable", Properties: { TableName: "prior-auth-local", StreamSpecification: {} } },
};

describe("an intrinsic function", () => {
  it.each([
    ["Ref of a resource", { Ref: "Table" }, "prior-auth-local"],
    ["Ref of the account", { Ref: "AWS::AccountId" }, "000000000000"],
    ["Ref of the region", { Ref: "AWS::Region" }, "us-east-1"],
    ["Ref of the partition", { Ref: "AWS::Partition" }, "aws"],
    ["Ref of the stack", { Ref: "AWS::StackName" }, "desk"],
    ["GetAtt", { "Fn::GetAtt": ["Table", "Arn"] }, "arn:aws:dynamodb:us-east-1:000000000000:table/prior-auth-local"],
    ["GetAtt with a dot", { "Fn::GetAtt": "Table.Arn" }, "arn:aws:dynamodb:us-east-1:000000000000:table/prior-auth-local"],
    ["Join", { "Fn::Join": [":", ["arn", { Ref: "AWS::Partition" }, "s3", 1]] }, "arn:aws:s3:1"],
    [
      "Sub",
      { "Fn::Sub": template("cdk-#{AWS::AccountId}-#{Table}-#{Table.Arn}-#{!Literal}") },
      /^cdk-0{12}-prior-auth-local-arn:.*-\$\{Literal\}$/,
    ],
    ["Sub with variables", { "Fn::Sub": [template("#{A}/#{AWS::Region}"), { A: { Ref: "Table" } }] }, "prior-auth-local/us-east-1"],
    ["Select of a Split", { "Fn::Select": ["1", { "Fn::Split": ["/", "a/b/c"] }] }, "b"],
    ["Base64", { "Fn::Base64": "hello" }, "aGVsbG8="],
  ])("%s gives what CloudFormation gives", (_, value, expected) => {
    if (expected instanceof RegExp) expect(resolved(value, table)).toMatch(expected);
    else expect(resolved(value, table)).toBe(expected);
  });

  it("AWS::NoValue removes its property and its list element", () => {
    expect(resolved({ kept: 1, gone: { Ref: "AWS::NoValue" }, list: [{ Ref: "AWS::NoValue" }, 2] })).toEqual({
      kept: 1,
      list: [2],
    });
  });

  it("conditions choose values and resources", () => {
    const conditions = {
      Here: { "Fn::Equals": [{ Ref: "AWS::Region" }, "us-east-1"] },
      Elsewhere: { "Fn::Not": [{ Condition: "Here" }] },
      Both: { "Fn::And": [{ Condition: "Here" }, { Condition: "Elsewhere" }] },
      Either: { "Fn::Or": [{ Condition: "Here" }, { Condition: "Elsewhere" }] },
    };
    const choose = (condition: string) => resolved({ "Fn::If": [condition, "yes", "no"] }, {}, { conditions });
    expect(["Here", "Elsewhere", "Both", "Either"].map(choose)).toEqual(["yes", "no", "no", "yes"]);

    const directory = writeAssembly({
      desk: { resources: { Table: { Type: "AWS::DynamoDB::Table", Condition: "Elsewhere" } }, conditions },
    });
    expect(loadAssembly(directory).resources("AWS::DynamoDB::Table")).toEqual([]);
  });

  it.each([
    ["an unknown function", { deep: [{ "Fn::Cidr": ["10.0.0.0/16", 2, 8] }] }, /desk\/Subject\.Value\.deep\[0\].*Fn::Cidr/],
    [
      "an unknown attribute",
      { "Fn::GetAtt": ["Table", "Color"] },
      /desk\/Subject\.Value.*Color of Table \(AWS::DynamoDB::GlobalTable\)/,
    ],
    ["a resource that is not there", { Ref: "Nobody" }, /desk\/Subject\.Value.*Nobody/],
    ["an export that is not there", { "Fn::ImportValue": "nothing" }, /desk\/Subject\.Value.*nothing/],
    ["a type whose references are not known", { Ref: "Odd" }, /desk\/Odd.*AWS::Odd::Thing/],
    ["an element that is not there", { "Fn::Select": [3, ["a"]] }, /desk\/Subject\.Value.*element 3/],
    ["a function beside other keys", { Ref: "Table", Other: 1 }, /desk\/Subject\.Value.*Other/],
    ["a resource that needs itself", { "Fn::GetAtt": ["Subject", "Value"] }, /Circular/],
  ])("%s is an error that says where", (_, value, message) => {
    expect(() => resolved(value, { ...table, Odd: { Type: "AWS::Odd::Thing" } })).toThrow(message);
  });
});

describe("a reference to a resource", () => {
  const facts = (type: string, properties: Record<string, unknown>) => {
    const assembly = loadAssembly(writeAssembly({ desk: { resources: { It: { Type: type, Properties: properties } } } }), {
      apiUrl: "http://127.0.0.1:4010",
    });
    const { ref, attributes } = assembly.resources(type)[0] ?? {};
    return { ref, ...attributes };
  };
  const account = "us-east-1:000000000000";

  it.each([
    ["AWS::S3::Bucket", { BucketName: "b" }, { ref: "b", Arn: "arn:aws:s3:::b" }],
    [
      "AWS::SQS::Queue",
      { QueueName: "q" },
      { ref: "https://sqs.us-east-1.amazonaws.com/000000000000/q", Arn: `arn:aws:sqs:${account}:q`, QueueName: "q" },
    ],
    ["AWS::Lambda::Function", { FunctionName: "f" }, { ref: "f", Arn: `arn:aws:lambda:${account}:function:f` }],
    ["AWS::IAM::Role", { RoleName: "r" }, { ref: "r", Arn: "arn:aws:iam::000000000000:role/r" }],
    ["AWS::KMS::Alias", { AliasName: "alias/a" }, { ref: "alias/a" }],
    ["AWS::Events::EventBus", { Name: "bus" }, { ref: "bus", Name: "bus", Arn: `arn:aws:events:${account}:event-bus/bus` }],
    ["AWS::Events::Rule", { Name: "n", EventBusName: "bus" }, { ref: "bus|n", Arn: `arn:aws:events:${account}:rule/bus/n` }],
    ["AWS::Events::Rule", { Name: "n" }, { ref: "n", Arn: `arn:aws:events:${account}:rule/n` }],
    ["AWS::Logs::LogGroup", { LogGroupName: "/g" }, { ref: "/g", Arn: `arn:aws:logs:${account}:log-group:/g:*` }],
    ["AWS::Scheduler::Schedule", { Name: "s" }, { ref: "s", Arn: `arn:aws:scheduler:${account}:schedule/default/s` }],
    ["AWS::ApiGatewayV2::Api", { Name: "a" }, { ApiEndpoint: "http://127.0.0.1:4010" }],
    ["AWS::ApiGatewayV2::Stage", { StageName: "$default" }, { ref: "$default" }],
    ["AWS::SecretsManager::Secret", { Name: "p/s" }, { ref: expect.stringMatching(/:secret:p\/s-.{6}$/) }],
    ["AWS::KMS::Key", {}, { ref: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) }],
    ["AWS::Lambda::Function", {}, { ref: expect.stringMatching(/^desk-It-[0-9A-F]{12}$/) }],
  ])("of %s gives what AWS gives", (type, properties, expected) => {
    expect(facts(type, properties)).toMatchObject(expected);
  });

  it("reaches across stacks, whichever is named first, and the stacks come in the order of their dependencies", () => {
    const Export = { Name: "data:table" };
    const directory = writeAssembly({
      api: {
        dependencies: ["data"],
        resources: {
          Imported: { Type: "AWS::SSM::Parameter", Properties: { Value: { "Fn::ImportValue": "data:table" } } },
          Looked: {
            Type: "AWS::SSM::Parameter",
            Properties: { Value: { "Fn::GetStackOutput": { StackName: "data", OutputName: "Out" } } },
          },
        },
      },
      data: { resources: table, outputs: { Out: { Value: { "Fn::GetAtt": ["Table", "StreamArn"] }, Export } } },
    });
    const assembly = loadAssembly(directory);
    const streamArn = expect.stringMatching(/^arn:aws:dynamodb:us-east-1:000000000000:table\/prior-auth-local\/stream\//);
    expect(assembly.stacks).toEqual(["data", "api"]);
    expect(assembly.outputs).toEqual([{ stack: "data", name: "Out", value: streamArn, exportName: "data:table" }]);
    expect(assembly.find("api", "Imported")?.properties.Value).toEqual(streamArn);
    expect(assembly.find("api", "Looked")?.properties.Value).toEqual(streamArn);
  });

  it("to an API's composed URL leads to this machine", () => {
    const url = { "Fn::Join": ["", ["https://", { Ref: "Api" }, ".execute-api.us-east-1.", { Ref: "AWS::URLSuffix" }, "/"]] };
    expect(resolved(url, { Api: { Type: "AWS::ApiGatewayV2::Api" } })).toBe("http://127.0.0.1:4010/");
  });
});

describe("a function's definition", () => {
  const withEnvironment = (Variables: Record<string, unknown>) =>
    loadAssembly(
      writeAssembly({
        desk: {
          assets: { abc: { "index.js": "" } },
          resources: {
            Salt: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "prior-auth/local/salt" } },
            Submit: {
              Type: "AWS::Lambda::Function",
              Properties: {
                FunctionName: "submit",
                Runtime: "nodejs24.x",
                Handler: "index.handler",
                Role: "arn:aws:iam::000000000000:role/submitter",
                MemorySize: 512,
                Timeout: 10,
                Code: { S3Bucket: { "Fn::Sub": template("cdk-assets-#{AWS::AccountId}") }, S3Key: "abc.zip" },
                Environment: { Variables },
              },
            },
          },
        },
      }),
    );
  const secrets: Record<string, string> = {
    "prior-auth/local/salt": "pepper",
    "prior-auth/local/vendor": '{"current":{"id":"k1"},"url":"u"}',
  };
  const secret = (name: string) => secrets[name] ?? Promise.reject(new Error(`no secret ${name}`));

  it("has its code's directory, its settings, and an environment with secrets filled in by name or ARN", async () => {
    const assembly = withEnvironment({
      TABLE_NAME: "t",
      BY_ARN: { "Fn::Join": ["", ["{{resolve:secretsmanager:", { Ref: "Salt" }, ":SecretString:::}}"]] },
      BY_PARTIAL_ARN: {
        "Fn::Sub": template(
          "<{{resolve:secretsmanager:arn:aws:secretsmanager:us-east-1:#{AWS::AccountId}:secret:prior-auth/local/salt:SecretString}}>",
        ),
      },
      BY_NAME: "{{resolve:secretsmanager:prior-auth/local/salt}}",
      FIELD: "{{resolve:secretsmanager:prior-auth/local/vendor:SecretString:url}}",
    });
    expect(await functionDefinitions(assembly, secret)).toEqual([
      {
        name: "submit",
        role: "submitter",
        logGroup: "/aws/lambda/submit",
        codeDirectory: join(assembly.directory, "asset.abc"),
        handler: "index.handler",
        memory: 512,
        timeoutSeconds: 10,
        environment: { TABLE_NAME: "t", BY_ARN: "pepper", BY_PARTIAL_ARN: "<pepper>", BY_NAME: "pepper", FIELD: "u" },
      },
    ]);
  });

  it.each([
    [
      "a field the secret does not have",
      "{{resolve:secretsmanager:prior-auth/local/vendor:SecretString:password}}",
      /X: .*no key password/,
    ],
    ["another service", "{{resolve:ssm:/x}}", /X: .*resolve:ssm/],
    ["an ARN no secret has", "{{resolve:secretsmanager:arn:aws:secretsmanager:us-east-1:1:secret:other}}", /X: no secret/],
  ])("refuses %s", async (_, value, message) => {
    await expect(functionDefinitions(withEnvironment({ X: value }), secret)).rejects.toThrow(message);
  });
});
