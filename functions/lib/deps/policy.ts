export { policy } from "../../../shared/policy/policy.ts";
