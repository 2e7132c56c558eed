/** The name in `arn:aws:lambda:…:function:NAME[:alias]`, `arn:aws:events:…:event-bus/NAME`, `arn:aws:sqs:…:NAME`, or a plain name. */
export const nameOf = (nameOrArn: string): string => {
  if (!nameOrArn.startsWith("arn:")) return nameOrArn;
  const resource = nameOrArn.split(":").slice(5);
  const name = resource[0] === "function" ? resource[1] : resource[0]?.split("/")[resource[0].includes("/") ? 1 : 0];
  if (!name) throw new Error(`${nameOrArn} names nothing`);
  return name;
};

/** The service in an ARN, `sqs` in `arn:aws:sqs:…`. */
export const serviceOf = (arn: string): string | undefined => arn.split(":")[2];
