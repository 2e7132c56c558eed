import { OAuth2Server } from "oauth2-mock-server";
import { openIssuer, sign, type TokenRequest, writeIssuer } from "./tokens.ts";

export { signToken, type TokenRequest } from "./tokens.ts";

export type Issuer = {
  /** The tokens' `iss`, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  token(request: TokenRequest): Promise<string>;
  busy(): boolean;
  close(): Promise<void>;
};

/** An OpenID Connect issuer on 127.0.0.1 whose key outlives it, so that tokens stay valid over restarts. Port 0 takes any. */
export const startIssuer = async ({ port, directory }: { port: number; directory: string }): Promise<Issuer> => {
  const { key } = await openIssuer(directory);
  const server = new OAuth2Server();
  await server.issuer.keys.add(key);
  // Its own default would be `localhost`, which need not be the address it listens on.
  if (port !== 0) server.issuer.url = `http://127.0.0.1:${port}`;
  await server.start(port, "127.0.0.1");
  const { port: actualPort } = server.address();
  const url = `http://127.0.0.1:${actualPort}`;
  server.issuer.url = url;
  writeIssuer(directory, { key, url });

  return {
    url,
    port: actualPort,
    token: (request) => sign(key, url, request),
    busy: () => false,
    close: () => server.stop(),
  };
};
