import type { PropertyDefinition } from './schema/definition.ts';
import { DAY, isoInstant } from './time.ts';

/** One entry of "Property values were not valid: [...]". */
export interface ValueProblem {
  isValid: false;
  message: string;
  error: string;
  name: string;
}

type Checked = { value: string } | { problem: ValueProblem };

/** String properties hold up to 65,536 characters (properties documentation). */
const MAX_TEXT = 65_536;

function refuse(name: string, error: string, message: string): Checked {
  return { problem: { isValid: false, message, error, name } };
}

function invalidLong(name: string, value: string): Checked {
  return refuse(name, 'INVALID_LONG', `${value} was not a valid long.`);
}

function checkNumber({ name }: PropertyDefinition, value: string): Checked {
  return /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(value) ? { value } : invalidLong(name, value);
}

function checkDateTime({ name }: PropertyDefinition, value: string): Checked {
  if (/^-?\d+$/.test(value)) {
    const ms = Number(value);
    // Ten digits are seconds since the epoch, which 2026-09 paths refuse (write validation change, 8 Sep 2026).
    if (value.length === 10) return refuse(name, 'INVALID_DATE', `${value} was not a valid date.`);
    return Math.abs(ms) < 8.64e15 ? { value: isoInstant(ms) } : invalidLong(name, value);
  }
  const ms = /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? invalidLong(name, value) : { value: isoInstant(ms) };
}

/** `date` takes YYYY-MM-DD or the milliseconds of a UTC midnight. */
function checkDate({ name }: PropertyDefinition, value: string): Checked {
  if (/^-?\d+$/.test(value)) {
    const ms = Number(value);
    const midnight = ms % DAY === 0 && Math.abs(ms) < 8.64e15;
    return midnight
      ? { value: new Date(ms).toISOString().slice(0, 10) }
      : refuse(name, 'INVALID_DATE', `${value} is at ${ms % DAY} ms of the day, not midnight!`);
  }
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN;
  // 30 February parses, but to another day.
  const exists = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
  return exists ? { value } : refuse(name, 'INVALID_DATE', `${value} was not a valid date.`);
}

function notAllowed({ name, options }: PropertyDefinition, value: string): Checked {
  const allowed = options.map((option) => option.value).join(', ');
  return refuse(name, 'INVALID_OPTION', `${value} was not one of the allowed options: [${allowed}]`);
}

function checkOption(definition: PropertyDefinition, value: string, current: string | undefined): Checked {
  if (definition.externalOptions) return checkNumber(definition, value);
  const known = new Set(definition.options.map((option) => option.value));
  if (definition.fieldType !== 'checkbox') return known.has(value) ? { value } : notAllowed(definition, value);
  const given = value.split(';').filter((part) => part !== '');
  const unknown = given.find((part) => !known.has(part));
  if (unknown !== undefined) return notAllowed(definition, unknown);
  // A leading semicolon appends to what is there.
  const before = value.startsWith(';') ? (current?.split(';') ?? []) : [];
  return { value: [...new Set([...before, ...given])].filter((part) => part !== '').join(';') };
}

function checkText(definition: PropertyDefinition, value: string): Checked {
  const { name } = definition;
  if (name === 'email') {
    const email = value.trim().toLowerCase();
    const valid = /^[^\s@,;<>()"]+@[^\s@,;<>()"]+\.[a-z0-9-]{2,}$/.test(email);
    return valid ? { value: email } : refuse(name, 'INVALID_EMAIL', `Email address ${value} is invalid`);
  }
  if (value.length > MAX_TEXT) {
    return refuse(name, 'PROPERTY_VALUE_TOO_LONG', `${name} may have at most ${MAX_TEXT} characters`);
  }
  return { value };
}

function checkTyped(definition: PropertyDefinition, value: string, current: string | undefined): Checked {
  switch (definition.type) {
    case 'number':
      return checkNumber(definition, value);
    case 'datetime':
      return checkDateTime(definition, value);
    case 'date':
      return checkDate(definition, value);
    case 'enumeration':
    case 'bool':
      return checkOption(definition, value, current);
    default:
      return checkText(definition, value);
  }
}

/** Reads one value as HubSpot does: JSON numbers and booleans become text, '' clears whatever the type. */
export function checkValue(definition: PropertyDefinition, raw: unknown, current: string | undefined): Checked {
  const { name, modificationMetadata, calculated } = definition;
  if (modificationMetadata.readOnlyValue || calculated) {
    return refuse(name, 'READ_ONLY_VALUE', `"${name}" is a read only property; its value cannot be set.`);
  }
  if (typeof raw !== 'string' && typeof raw !== 'number' && typeof raw !== 'boolean') {
    return refuse(name, 'INVALID_VALUE', `${JSON.stringify(raw)} is not a valid property value`);
  }
  const value = String(raw);
  return value === '' ? { value } : checkTyped(definition, value, current);
}

export function unknownProperty(name: string): ValueProblem {
  return {
    isValid: false,
    message: `Property "${name}" does not exist`,
    error: 'PROPERTY_DOESNT_EXIST',
    name,
  };
}
