import { S3Client } from "@aws-sdk/client-s3";
import { AwsRefusal, type Credentials, caller } from "./signed-call.ts";

/** An AWS account as the command line sees it: who we are there, and the little that must be asked before and after a deployment. */
export type Account = {
  readonly id: string;
  /** Who calls, as AWS names them. */
  readonly arn: string;
  /** The version of the CDK's bootstrap stack; undefined without one, `"hidden"` where the caller may not look. */
  bootstrapVersion(): Promise<number | "hidden" | undefined>;
  /** Lets a stack be deleted. @returns whether there is such a stack */
  unprotect(stack: string): Promise<boolean>;
  call: ReturnType<typeof caller>;
};

/** Why there is no account to speak to, in the words for who has to mend it. */
export class NoAccount extends Error {}

/** Where the bootstrap stack says what version it is. */
const bootstrapParameter = "/cdk-bootstrap/hnb659fds/version";

/** Credentials as every AWS tool finds them: environment, profile, SSO, the machine's own role. */
const findCredentials = async (region: string): Promise<Credentials> => {
  const { AWS_PROFILE: profile } = process.env;
  try {
    return await new S3Client({ region }).config.credentials();
  } catch (error) {
    const { name, message } = error as Error;
    const as = profile ? ` --profile ${profile}` : "";
    if (/expired|SSO session|sso login/i.test(message) || name === "ExpiredTokenException")
      throw new NoAccount(`The AWS sign-in has expired. Sign in again:\n  aws sso login${as}\nand run this command once more.`);
    const which = profile ? `for the profile "${profile}"` : "in this terminal";
    throw new NoAccount(
      [
        `There are no AWS credentials ${which}. Do one of these, then run this command once more:`,
        "  - an organization with single sign-on: aws configure sso (once), then aws sso login, and add --profile NAME here",
        "  - keys for a while, from your access portal: paste the lines export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… AWS_SESSION_TOKEN=…",
        "  - a new account of your own: docs/deploy.md, “An account”",
      ].join("\n"),
    );
  }
};

/** Asks AWS who we are. Throws `NoAccount` with what to do next when it does not know. */
export const openAccount = async (region: string): Promise<Account> => {
  const call = caller(region, await findCredentials(region));
  const answer = await call({ service: "sts", version: "2011-06-15", form: { Action: "GetCallerIdentity" } }).catch(
    (error: Error) => {
      throw error instanceof AwsRefusal ? new NoAccount(refusedBy(error, region)) : new NoAccount(unreached(error, region));
    },
  );
  const id = /<Account>(\d{12})</.exec(answer)?.[1];
  const arn = /<Arn>([^<]+)</.exec(answer)?.[1];
  if (id === undefined || arn === undefined) throw new NoAccount(`sts.${region}.amazonaws.com did not say which account this is.`);

  return {
    id,
    arn,
    call,
    bootstrapVersion: async () => {
      try {
        const found = await call({ service: "ssm", target: "AmazonSSM.GetParameter", input: { Name: bootstrapParameter } });
        return Number((JSON.parse(found) as { Parameter: { Value: string } }).Parameter.Value);
      } catch (error) {
        if (!(error instanceof AwsRefusal)) throw error;
        return error.code === "ParameterNotFound" ? undefined : "hidden";
      }
    },
    unprotect: async (stack) => {
      const form = { Action: "UpdateTerminationProtection", StackName: stack, EnableTerminationProtection: "false" };
      try {
        await call({ service: "cloudformation", version: "2010-05-15", form });
        return true;
      } catch (error) {
        if (error instanceof AwsRefusal && /does not exist/.test(error.message)) return false;
        throw error;
      }
    },
  };
};

const refusedBy = ({ code, message }: AwsRefusal, region: string): string =>
  code === "ExpiredToken"
    ? "The AWS credentials of this terminal have expired: get new ones (aws sso login, or your access portal) and run this command once more."
    : code === "InvalidClientTokenId"
      ? `AWS does not know these credentials in ${region}: they may be deactivated, or the account has not switched that region on (Account → AWS Regions).`
      : `AWS refused the credentials of this terminal: ${code}. ${message}`;

const unreached = (error: Error, region: string): string =>
  `sts.${region}.amazonaws.com was not reached (${error.cause instanceof Error ? error.cause.message : error.message}): is this machine online, and HTTPS_PROXY not needed?`;
