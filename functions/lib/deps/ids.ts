import { saltedIds } from "../../../shared/sealing/ids.ts";
import { env } from "../env.ts";

export const ids = saltedIds(env("SALT").SALT);
