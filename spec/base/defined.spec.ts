/** What is undefined of options is not handed on; all else is, in its order. */
import { expect } from 'chai';
import { defined } from '../../src/base/defined.js';

it('options that are undefined are left out', () => {
  const none: number | undefined = undefined;
  const made = defined({ z: 0, none, a: null, empty: '', no: false, own: { none } });
  expect(JSON.stringify(made)).to.equal('{"z":0,"a":null,"empty":"","no":false,"own":{}}');
  expect(made).to.not.have.property('none');
  expect(made.own).to.have.property('none');
  expect(defined({})).to.deep.equal({});
});
