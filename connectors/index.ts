import { hubspot } from './hubspot/index.ts';
import { salesforce } from './salesforce/index.ts';

/** Every CRM that leadloop speaks to. Another one is one more line here. */
export const connectors = [hubspot, salesforce] as const;
