/** A straightforward facade, `node bench/naive.ts STUB`: Express, the naive search, `res.send`. */
import express from 'express';
import { naiveSearch } from './naive-search.ts';

const search = naiveSearch(process.argv[2] ?? '');

express()
  .use(async (request, response) => {
    const { total, page } = await search(request.originalUrl);
    const entry = page.map((resource) => ({ fullUrl: String(resource['id']), resource }));
    response.send({ resourceType: 'Bundle', total, entry });
  })
  .listen(0, '127.0.0.1');
