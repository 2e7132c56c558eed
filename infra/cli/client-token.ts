/** A client that asks for tokens in its own name (OAuth 2.0 client credentials). */
export type Client = { readonly tokenUrl: string; readonly id: string; readonly secret: string };

/** A token with these scopes, and no others. Throws one sentence when the issuer gives none. */
export const clientToken = async ({ tokenUrl, id, secret }: Client, scopes: readonly string[]): Promise<string> => {
  const answer = await fetch(tokenUrl, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: scopes.join(" ") }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await answer.text();
  const token = answer.ok ? (JSON.parse(text) as { access_token?: unknown }).access_token : undefined;
  if (typeof token !== "string") throw new Error(`${tokenUrl} gave no token: it answered ${answer.status}: ${text.slice(0, 300)}`);
  return token;
};
