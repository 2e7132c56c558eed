import { dynamoDuplicates } from "../../../shared/aws/dynamo-duplicates.ts";
import { duplicateKey } from "../../../shared/sealing/ids.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

const { SALT: salt, TABLE_NAME: table } = env("SALT", "TABLE_NAME");

export const duplicates = dynamoDuplicates(dynamo, table, duplicateKey(salt));
