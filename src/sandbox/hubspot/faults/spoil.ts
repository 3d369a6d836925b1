import { setTimeout as delay } from 'node:timers/promises';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ActiveFault } from './faults.ts';

const DEFAULT_SLOW_MS = 2_000;

async function* inTwoHalves(payload: string, ms: number): AsyncGenerator<string> {
  const middle = Math.floor(payload.length / 2);
  yield payload.slice(0, middle);
  await delay(ms);
  yield payload.slice(middle);
}

/** Spoils a finished answer; returns what goes out instead. */
export function spoilReply(
  fault: ActiveFault,
  payload: string,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): string | Readable {
  switch (fault.name) {
    case 'slow-body':
      void reply.removeHeader('content-length');
      return Readable.from(inTwoHalves(payload, fault.ms ?? DEFAULT_SLOW_MS));
    case 'truncated-json':
      void reply.removeHeader('content-length');
      return payload.slice(0, Math.ceil(payload.length / 2));
    case 'applied-but-reset':
      request.raw.socket.resetAndDestroy();
      return payload;
    default:
      return payload;
  }
}
