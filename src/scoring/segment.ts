import type { Segment } from '../model/lead.ts';
import type { Fields } from '../model/values.ts';
import type { CompiledProfile } from './compile.ts';

const unknownSegment: Segment = 'unknown';

/** The segment of the first rule that holds; `unknown` where none does, or where what they ask for is not known. */
export function segmentOf(profile: CompiledProfile, values: Fields): string {
  return profile.segments.find(({ holds }) => holds(values) === true)?.segment ?? unknownSegment;
}
