import { cursors as sealedCursors } from "../../../shared/sealing/cursors.ts";
import { env } from "../env.ts";

export const cursors = sealedCursors(env("SALT").SALT);
