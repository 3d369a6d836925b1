import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ActiveFault } from './faults.ts';

const DEFAULT_SLOW_MS = 2_000;
const HANDED_OVER_MS = 20;

function halves(payload: string): [string, string] {
  const middle = Math.ceil(payload.length / 2);
  return [payload.slice(0, middle), payload.slice(middle)];
}

async function* inTwoHalves(payload: string, ms: number): AsyncGenerator<string> {
  const [first, second] = halves(payload);
  yield first;
  await delay(ms);
  yield second;
}

/** The connection ends in order once the first half is out; only the promised length tells that more was to come. */
async function* brokenOff(payload: string, { raw }: FastifyRequest): AsyncGenerator<string> {
  yield halves(payload)[0];
  // The half is still on its way to the socket, which sends what it has been given before it ends.
  await delay(HANDED_OVER_MS);
  raw.socket.destroySoon();
}

/** Spoils a finished answer; gives what goes out instead. */
export function spoilReply(
  { name, ms }: ActiveFault,
  payload: string,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): string | Readable {
  switch (name) {
    case 'slow-body':
      void reply.removeHeader('content-length');
      return Readable.from(inTwoHalves(payload, ms ?? DEFAULT_SLOW_MS));
    case 'truncated-json':
      void reply.removeHeader('content-length');
      return halves(payload)[0];
    case 'truncated-body':
      void reply.header('content-length', Buffer.byteLength(payload));
      return Readable.from(brokenOff(payload, request));
    case 'headers-lost':
      for (const header of ['sforce-limit-info', 'sforce-numberofrecords']) void reply.removeHeader(header);
      return payload;
    case 'applied-but-reset':
      request.raw.socket.resetAndDestroy();
      return payload;
    default:
      return payload;
  }
}
