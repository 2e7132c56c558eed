import { dynamoMembers } from "../../../shared/aws/dynamo-members.ts";
import { sealedMember } from "./member-key.ts";
import { read } from "./reads.ts";

export const members = dynamoMembers(read, sealedMember);
