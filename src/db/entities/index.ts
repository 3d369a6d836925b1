import { Org } from './org.ts';

/** Every entity of the schema, for the ORM. */
export const entities = [Org];
