import { CfnOutput } from "aws-cdk-lib";
import { ApiMapping, DomainName, EndpointType, type HttpApi, type IStage, SecurityPolicy } from "aws-cdk-lib/aws-apigatewayv2";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { Settings } from "../config.ts";

/** The API under a name of the plan's own; with mutual TLS, for those clients alone whose certificate the truststore knows. */
export const customDomain = (scope: Construct, api: HttpApi, stage: IStage, settings: NonNullable<Settings["domain"]>): void => {
  const { name, certificateArn, mutualTls } = settings;
  const home = new Construct(scope, "domain");
  const domainName = new DomainName(home, "name", {
    domainName: name,
    certificate: Certificate.fromCertificateArn(home, "certificate", certificateArn),
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS_1_2,
    ...(mutualTls && {
      mtls: {
        bucket: Bucket.fromBucketName(home, "truststore", mutualTls.truststoreBucket),
        key: mutualTls.truststoreKey,
        ...(mutualTls.truststoreVersion !== undefined && { version: mutualTls.truststoreVersion }),
      },
    }),
  });
  new ApiMapping(home, "mapping", { api, domainName, stage });
  new CfnOutput(scope, "DomainTarget", {
    value: domainName.regionalDomainName,
    description: `What the DNS record of ${name} points to`,
  });
};
