import type { ConnectorContext } from 'leadloop/connector-sdk';
import type { HubSpotCredentials, HubSpotSettings } from './settings.ts';

export type Context = ConnectorContext<HubSpotSettings, HubSpotCredentials>;
