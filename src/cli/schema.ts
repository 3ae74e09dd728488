import { jsonSchema } from "../config/json-schema.ts";
import { EXIT, stdout } from "./output.ts";

/** `holdfast schema`: the JSON Schema of `dump --format json`. */
export function schema(): number {
  stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  return EXIT.ok;
}
