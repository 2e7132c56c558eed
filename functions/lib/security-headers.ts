import httpSecurityHeaders from "@middy/http-security-headers";

/** What browsers are told with every answer. Pages add a content security policy of their own; data needs none but "nothing". */
export const securityHeaders = () =>
  httpSecurityHeaders({
    contentSecurityPolicy: false,
    // Nothing here is a page that could use a camera, prefetch names, or be opened by a plug-in.
    permissionsPolicy: false,
    dnsPrefetchControl: false,
    downloadOptions: false,
    permittedCrossDomainPolicies: false,
    originAgentCluster: false,
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  });

export const noContent = "default-src 'none'; frame-ancestors 'none'";
