-- name: topics
-- Articles in force of some collections, for who reads them all.
SELECT id, title, collection FROM newel.article WHERE current AND collection = ANY ($1) ORDER BY collection, title, id;

-- name: titles
-- Articles of some collections that hold every word of $2, or words that begin so; the best first. $4 and $5
-- surround the found words.
SELECT id, title, collection, ts_headline('english', body, q,
    format('StartSel=%s, StopSel=%s, MaxFragments=1, MaxWords=28, MinWords=12', $4::text, $5::text)) AS excerpt
FROM (SELECT id, title, collection, body, q, ts_rank(sense, q) AS rank
    FROM newel.article, to_tsquery('english', $2) q
    WHERE current AND collection = ANY ($1) AND sense @@ q ORDER BY rank DESC, id LIMIT $3) best
ORDER BY rank DESC, id;

-- name: judged
-- How many readers said that an article, in any of its versions, helped, and how many said that it did not.
SELECT count(*) FILTER (WHERE (data->>'helped')::boolean) AS yes,
    count(*) FILTER (WHERE NOT (data->>'helped')::boolean) AS no
FROM newel.audit_event WHERE entity_id = $1 AND entity = 'article' AND event = 'article.judged';
