import { dynamoDirectory } from "../../../shared/aws/dynamo-directory.ts";
import { read } from "./reads.ts";

export const directory = dynamoDirectory(read);
