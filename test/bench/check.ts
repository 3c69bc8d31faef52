import { Ajv } from 'ajv';
import { type Payload, payloadSchema } from './workloads.js';

/** Compiles the check that every contender makes, with ajv as its documentation uses it. */
export function compileCheck(schema: object = payloadSchema): (value: unknown) => Payload {
  const validate = new Ajv().compile<Payload>(schema);
  return (value) => {
    if (validate(value)) return value;
    throw new Error(`not a payload: ${JSON.stringify(validate.errors)}`);
  };
}
