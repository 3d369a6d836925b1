import type { ConditionWithValueQuery, WhereClause } from '@jetstreamapp/soql-parser-js';
import type { Row } from '../store/table.ts';
import { malformed } from './parse.ts';

export type Predicate = (row: Row) => boolean;

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | Predicate;
type Compile = (condition: ConditionWithValueQuery) => Predicate;

function parens(token: '(' | ')', count: number | undefined): Token[] {
  return Array.from({ length: count ?? 0 }, () => token);
}

/** The parser gives a chain with counts of parentheses; this is the text again, as tokens. */
function tokens(where: WhereClause, compile: Compile): Token[] {
  const found: Token[] = [];
  let at: WhereClause | undefined = where;
  while (at !== undefined) {
    const { left } = at;
    if (left === null || !('operator' in left)) {
      found.push(...parens('(', left?.openParen), 'NOT');
      at = 'right' in at ? at.right : undefined;
      continue;
    }
    found.push(...parens('(', left.openParen), compile(left), ...parens(')', left.closeParen));
    if ('right' in at) found.push(at.operator);
    at = 'right' in at ? at.right : undefined;
  }
  return found;
}

class Grammar {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(): Predicate {
    const all = this.expression();
    if (this.at < this.tokens.length) throw malformed(`unexpected token: ${String(this.tokens[this.at])}`);
    return all;
  }

  /** AND and OR side by side without parentheses are refused, as by the vendor. */
  private expression(): Predicate {
    const terms = [this.term()];
    const operator = this.tokens[this.at];
    while (this.tokens[this.at] === 'AND' || this.tokens[this.at] === 'OR') {
      if (this.tokens[this.at] !== operator) throw malformed(`unexpected token: ${String(this.tokens[this.at])}`);
      this.at += 1;
      terms.push(this.term());
    }
    const [first] = terms;
    if (first !== undefined && terms.length === 1) return first;
    return operator === 'AND' ? (row) => terms.every((term) => term(row)) : (row) => terms.some((term) => term(row));
  }

  private term(): Predicate {
    const token = this.tokens[this.at];
    this.at += 1;
    if (typeof token === 'function') return token;
    if (token === 'NOT') {
      const inner = this.term();
      return (row) => !inner(row);
    }
    if (token !== '(') throw malformed(`unexpected token: ${token ?? '<EOF>'}`);
    const inner = this.expression();
    if (this.tokens[this.at] !== ')') throw malformed('unexpected token: <EOF>');
    this.at += 1;
    return inner;
  }
}

export function compileWhere(where: WhereClause, compile: Compile): Predicate {
  return new Grammar(tokens(where, compile)).whole();
}
