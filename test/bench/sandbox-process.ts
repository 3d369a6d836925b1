/** The CRM of a measurement, in a process of its own: what it costs is not ours. Sends its address when it listens. */
import { crms, isCrmName } from './crms.ts';

const [name = '', people] = process.argv.slice(2);
if (!isCrmName(name)) throw new Error(`There is no CRM called ${name}.`);
const sandbox = await crms[name].start(Number(people));
process.once('disconnect', () => void sandbox.close());
process.send?.(sandbox.url);
