import { hubspot } from './hubspot/index.ts';

/** Every CRM that leadloop speaks to. Another one is one more line here. */
export const connectors = [hubspot] as const;
