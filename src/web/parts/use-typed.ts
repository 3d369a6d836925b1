import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'react-router';

/** So long nobody types before it is told. */
const pauseMs = 300;

export interface Typed {
  readonly text: string;
  readonly type: (text: string) => void;
  /** Empty at once; what waited to be told is not. */
  readonly clear: () => void;
}

/** A text that is typed into the address of the page, and follows it where it goes another way: back, or by a link. */
export function useTyped(value: string, tell: (text: string) => void): Typed {
  const [text, setText] = useState(value);
  const told = useRef(value);
  // Whoever goes back at once is back before the address with the new text was ever drawn.
  const { key } = useLocation();
  const later = useDebouncedCallback((next: string) => {
    told.current = next.trim();
    tell(told.current);
  }, pauseMs);
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    later.cancel();
    setText(value);
  }, [value, key, later]);
  return {
    text,
    type(next) {
      setText(next);
      later(next);
    },
    clear() {
      later.cancel();
      setText('');
    },
  };
}
