/**
 * Takes the place of `@aws-sdk/credential-provider-node` in the bundles. The SDK's own looks into profiles, single sign-on,
 * instance metadata and more: a fifth of a bundle, for places where a function never runs. Lambda gives its role's credentials
 * in the environment, for as long as the process lives.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error("There are no credentials in the environment");
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};
