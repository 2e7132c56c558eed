import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identities, Identity } from "./identities.ts";
import type { Judge } from "./judge.ts";
import { AwsRefusal, type Input, type Operations } from "./operation.ts";
import { answerJson, listen, parseJson, readBody } from "./plain-http.ts";

export type Control = Record<string, (body: unknown) => unknown>;

export type ServiceEndpoint = {
  port: number;
  url: string;
  /** While a call to a service is being answered; the control plane does not count, since it is what asks. */
  busy(): boolean;
  close(): Promise<void>;
};

export type ServiceEndpointOptions = {
  port: number;
  account: string;
  region: string;
  /** Local time: what the `Date` header of each answer says. */
  now: () => Date;
  identities: Identities;
  judge: Judge;
  /** By `X-Amz-Target`, such as `AWSEvents.PutEvents`. */
  handlers: Operations;
  /** What `POST /_control/<name>` does, with its JSON body. */
  control: Control;
  /** Where SES is served; without it, mail is an unknown operation. */
  mailUrl?: string;
  report?: (problem: string) => void;
};

const longestBody = 2 * 1024 * 1024;
const longestMail = 40 * 1024 * 1024;

/**
 * The AWS services besides table and buckets, at one address: JSON protocols by their target, SES by its paths, and under
 * `/_control/` what commands of this machine ask of the pocket cloud.
 */
export const startServiceEndpoint = async (options: ServiceEndpointOptions): Promise<ServiceEndpoint> => {
  const { account, region, now, identities, judge, handlers, control, mailUrl, report = () => {} } = options;
  let answering = 0;

  const authorize = (identity: Identity, action: string, resources: readonly string[]) => {
    for (const resource of resources) {
      const verdict = judge({ identity, action, resource });
      if (verdict.allowed) continue;
      throw new AwsRefusal(
        "AccessDeniedException",
        `User: arn:aws:sts::${account}:assumed-role/${identity.name}/local is not authorized to perform: ${action} on resource: ${resource} because ${verdict.because}`,
      );
    }
  };

  const callService = async (request: IncomingMessage, response: ServerResponse, target: string) => {
    const type = String(request.headers["content-type"] ?? "application/x-amz-json-1.1");
    try {
      const body = await readBody(request, longestBody);
      if (!body) throw new AwsRefusal("RequestEntityTooLargeException", "The request is too large", 413);
      const identity = identify(request, identities);
      const operation = Object.hasOwn(handlers, target) ? handlers[target] : undefined;
      if (!operation) throw new AwsRefusal("UnknownOperationException", `${target || "This"} is not an operation that runs here`);
      const input = objectIn(body);
      authorize(identity, operation.action, operation.resources(input));
      answerJson(response, 200, await operation.run(input), type);
    } catch (error) {
      const refusal = error instanceof AwsRefusal ? error : internal(error, `${target} failed`);
      response.setHeader("x-amzn-query-error", `${refusal.code};${refusal.status < 500 ? "Sender" : "Receiver"}`);
      answerJson(response, refusal.status, { __type: refusal.code, message: refusal.message }, type);
    }
  };

  const callMail = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      const body = await readBody(request, longestMail);
      if (!body) throw new AwsRefusal("BadRequestException", "The message is too large");
      const identity = identify(request, identities);
      if (!mailUrl) throw new AwsRefusal("NotFoundException", "Mail is not served here", 404);
      authorize(
        identity,
        mailAction(request),
        mailResources(body).map((resource) => `arn:aws:ses:${region}:${account}:${resource}`),
      );
      const forwarded = await fetch(mailUrl + (request.url ?? ""), {
        method: request.method ?? "GET",
        headers: {
          authorization: "AWS4-HMAC-SHA256",
          "content-type": String(request.headers["content-type"] ?? "application/json"),
        },
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      });
      const answer = Buffer.from(await forwarded.arrayBuffer());
      response
        .writeHead(forwarded.status, { "content-type": forwarded.headers.get("content-type") ?? "application/json" })
        .end(answer);
    } catch (error) {
      const refusal = error instanceof AwsRefusal ? error : internal(error, "Mail failed");
      response.setHeader("x-amzn-errortype", refusal.code);
      answerJson(response, refusal.status, { message: refusal.message });
    }
  };

  const callControl = async (request: IncomingMessage, response: ServerResponse, name: string) => {
    const body = await readBody(request, longestBody);
    // A web page can post to this address too, but not without saying where it comes from.
    if (request.headers.origin !== undefined || request.method !== "POST")
      return answerJson(response, 403, { message: "Forbidden" });
    const handler = Object.hasOwn(control, name) ? control[name] : undefined;
    if (!handler) return answerJson(response, 404, { message: `There is no control ${name}` });
    try {
      answerJson(response, 200, await handler(parseJson(body ?? Buffer.alloc(0))));
    } catch (error) {
      answerJson(response, 400, { message: (error as Error).message });
    }
  };

  const internal = (error: unknown, problem: string) => {
    report(`${problem}: ${(error as Error)?.stack ?? ""}`);
    return new AwsRefusal("InternalFailure", "The request could not be processed", 500);
  };

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader("date", now().toUTCString());
    response.setHeader("x-amzn-requestid", crypto.randomUUID());
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    if (path.startsWith("/_control/")) return callControl(request, response, path.slice("/_control/".length));
    answering += 1;
    try {
      if (path.startsWith("/v2/email/")) await callMail(request, response);
      else await callService(request, response, String(request.headers["x-amz-target"] ?? ""));
    } finally {
      answering -= 1;
    }
  };

  const server = await listen(options.port, (request, response) => {
    route(request, response).catch(() => response.destroy());
  });
  return { port: server.port, url: `http://127.0.0.1:${server.port}`, busy: () => answering > 0, close: server.close };
};

/** Whose key signed the call. The key tells which function calls; what it may do is the judge's to say. */
const identify = (request: IncomingMessage, identities: Identities): Identity => {
  const [, accessKeyId] = /^AWS4-HMAC-SHA256 Credential=([^/,]+)\//.exec(request.headers.authorization ?? "") ?? [];
  if (!accessKeyId) throw new AwsRefusal("MissingAuthenticationTokenException", "Request is missing Authentication Token");
  const identity = identities.find(accessKeyId);
  if (!identity || (request.headers["x-amz-security-token"] ?? undefined) !== identity.sessionToken) {
    throw new AwsRefusal("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  return identity;
};

const objectIn = (body: Buffer): Input => {
  try {
    const input = parseJson(body) ?? {};
    if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // Told below, without the parser's words: they quote the body.
  }
  throw new AwsRefusal("SerializationException", "The body is no JSON object");
};

const mailAction = (request: IncomingMessage): string => {
  const path = request.url ?? "";
  if (path.startsWith("/v2/email/outbound-bulk-emails")) return "ses:SendBulkEmail";
  return path.startsWith("/v2/email/outbound-emails") ? "ses:SendEmail" : "ses:GetAccount";
};

/** The address that the mail comes from, and the settings that it goes by: what a policy grants sending for. */
const mailResources = (body: Buffer): readonly string[] => {
  try {
    const { FromEmailAddress, ConfigurationSetName } = parseJson(body) as Partial<Record<string, string>>;
    const sender = /<([^>]+)>/.exec(FromEmailAddress ?? "")?.[1] ?? FromEmailAddress ?? "*";
    return [`identity/${sender}`, ...(ConfigurationSetName ? [`configuration-set/${ConfigurationSetName}`] : [])];
  } catch {
    return ["identity/*"];
  }
};
