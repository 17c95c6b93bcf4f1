/** The page at `/docs`, which anybody may read. */
import { expect } from 'chai';
import type { LogLine } from '../../src/service/open-service.js';
import { type Served, served } from './served.js';

describe('service: the page', () => {
  const log: LogLine[] = [];
  let at: Served;

  before(async () => {
    at = await served({ page: true, version: '1.2', log: (line) => log.push(line) });
  });

  after(() => at.service.close());

  it('shows the document of the service, in each form that it offers', async () => {
    const read = async (path: string) => {
      const response = await fetch(`${at.url}/docs${path}`);
      return [response.status, await response.text()] as const;
    };
    const [status, html] = await read('');
    expect([status, /<title>Swagger UI<\/title>/.test(html)]).to.deep.equal([200, true]);
    const [found, script] = await read('/static/swagger-initializer.js');
    expect([found, script.includes('/openapi.json')]).to.deep.equal([200, true]);
    for (const path of ['/json', '/yaml']) {
      const [code, text] = await read(path);
      expect([code, JSON.parse(text)], path).to.deep.equal([200, at.service.document]);
    }
    expect(at.service.document).to.deep.include({ openapi: '3.1.0' }).and.have.nested.property('info.version', '1.2');
    const [missing, problem] = await read('/static/nothing');
    expect([missing, JSON.parse(problem).code]).to.deep.equal([404, 'not-found']);
    expect(log.filter(({ kind }) => kind === 'error')).to.deep.equal([]);
  });

  it('is not there if it is not wanted', async () => {
    const own = await served();
    expect((await fetch(`${own.url}/docs`)).status).to.equal(404);
    await own.service.close();
  });
});
