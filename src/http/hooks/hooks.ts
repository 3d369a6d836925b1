import type { FastifyInstance, FastifyRequest } from 'fastify';
import { abortable } from '../../connector-sdk/waiting.ts';
import type { HookCall, TakenHints } from '../../hints/take-in.ts';
import { stackOf } from '../../model/errors.ts';
import type { HooksOptions, HooksPort } from './hooks-port.ts';
import { busy, faultOf, maxHookBytes, refusals, sendHookProblem, unknownHook } from './problem.ts';

/** Where the paths of webhooks begin. */
export const hooksPrefix = '/hooks';

/** Calls that are stored at a time: twice what HubSpot makes for an app, and few enough to leave the database to the runs. */
const maxAtOnce = 20;

/** POST /hooks/ORGANISATION/CONNECTION: what a CRM tells by itself. Signed, so that no token is asked for. */
export async function registerHooks(app: FastifyInstance, options: HooksOptions): Promise<void> {
  await app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      // The bytes: a signature is over them, and whether they are JSON is for the connector to say.
      scope.addContentTypeParser(
        '*',
        { parseAs: 'buffer', bodyLimit: maxHookBytes },
        async (_: unknown, body: Buffer) => Promise.resolve(body),
      );
      scope.setErrorHandler(async (error, request, reply) => {
        const known = faultOf(error);
        const fields = { route: request.routeOptions.url, code: known?.code ?? 'internal' };
        options.log('warn', 'webhook refused', { ...fields, ...(known === null && { stack: stackOf(error) }) });
        return sendHookProblem(reply, error);
      });
      scope.setNotFoundHandler(async (_request, reply) => sendHookProblem(reply, unknownHook()));
      const takeIn = storing(options.hooks);
      scope.post<{ Params: Address }>('/:org/:connection', { bodyLimit: maxHookBytes }, async (request, reply) => {
        const { verdict } = await takeIn(callOf(request, options.hooks));
        if (verdict !== 'accepted') throw refusals[verdict]();
        return reply.code(204).send();
      });
    },
    { prefix: hooksPrefix },
  );
}

interface Address {
  readonly org: string;
  readonly connection: string;
}

function callOf(request: FastifyRequest<{ Params: Address }>, { publicUrl }: HooksPort): HookCall {
  const { method, headers, originalUrl, body, params } = request;
  const url = `${publicUrl ?? `http://${headers.host ?? ''}`}${originalUrl}`;
  return { ...params, request: { method, url, headers, body: body instanceof Uint8Array ? body : new Uint8Array() } };
}

/** Bounded in number and in time. A call that is given up keeps its place until the database has let go of it. */
function storing(hooks: HooksPort): (call: HookCall) => Promise<TakenHints> {
  let underWay = 0;
  return async (call) => {
    if (!isName(call.org) || !isName(call.connection)) return { verdict: 'unknown' };
    if (underWay >= maxAtOnce) throw busy();
    const late = AbortSignal.timeout(hooks.answerWithinMs);
    underWay += 1;
    const work = hooks.takeIn(call, late).finally(() => {
      underWay -= 1;
    });
    try {
      return await abortable(work, late);
    } catch (error) {
      throw late.aborted ? busy() : error;
    }
  };
}

/** As the configuration allows it. */
function isName(text: string): boolean {
  return /^[a-z0-9-]+$/.test(text);
}
