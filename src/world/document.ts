/**
 * Fields of a document that a tool wrote. What is not of the kind that is asked for is as good as absent: one odd field
 * must not cost the others. Plain code, because the probe is on the path of commands that answer at once, and a library
 * of schemas takes as long to load as the probe to run.
 */

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Empty where the value is no object. */
export const fields = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});

/** The names of an object's fields. */
export const names = (value: unknown): string[] | undefined => (isObject(value) ? Object.keys(value) : undefined);

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

export const elements = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Each element as `read` takes it; undefined where this is no list, or one element is not taken. */
export function every<T>(value: unknown, read: (element: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const taken = value.map(read);
  return taken.includes(undefined) ? undefined : (taken as T[]);
}

/** An object whose every field is text. */
export const textFields = (value: unknown): Record<string, string> | undefined =>
  isObject(value) && Object.values(value).every(field => typeof field === 'string')
    ? (value as Record<string, string>)
    : undefined;

/** A list of nothing but text. */
export const texts = (value: unknown): string[] | undefined =>
  Array.isArray(value) && value.every(item => typeof item === 'string') ? value : undefined;

/** A number that is none below zero: a count, an id, a size. */
export const amount = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : undefined;
