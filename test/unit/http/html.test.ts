import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html } from '../../../src/http/html.ts';

describe('html', () => {
  test('escapes every value, in content and in attributes', () => {
    const name = `<img src=x onerror="alert('1')"> & co`;
    expect(html`<b title="${name}">${name}</b>`.text).toBe(
      '<b title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co">' +
        '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co</b>',
    );
  });

  test('keeps what it made itself, and lists of it', () => {
    const items = ['<a>', '<b>'].map((each) => html`<i>${each}</i>`);
    expect(html`${items}`.text).toBe('<i>&lt;a&gt;</i><i>&lt;b&gt;</i>');
  });

  test('shows nothing for null, undefined and false, and 0 for 0', () => {
    expect(html`[${null}${undefined}${false}${0}]`.text).toBe('[0]');
  });

  test('replaces control characters', () => {
    expect(html`${'a\u0000b\u001b[31mc\nd'}`.text).toBe('a\ufffdb\ufffd[31mc\nd');
  });

  test('no text whatever opens a tag or ends an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: written } = html`${text}`;
        expect(written).not.toMatch(/[<>"']/u);
      }),
    );
  });
});
