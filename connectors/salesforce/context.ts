import type { ConnectorContext } from 'leadloop/connector-sdk';
import type { SalesforceCredentials, SalesforceSettings } from './settings.ts';

export type Context = ConnectorContext<SalesforceSettings, SalesforceCredentials>;
