/** The CRM of a measurement, in a process of its own: what it costs is not ours. Sends its address when it listens. */
import { startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';

const [contacts] = process.argv.slice(2);
const sandbox = await startHubSpotSandbox({ contacts: Number(contacts), limits: 'off' });
process.once('disconnect', () => void sandbox.close());
process.send?.(sandbox.url);
