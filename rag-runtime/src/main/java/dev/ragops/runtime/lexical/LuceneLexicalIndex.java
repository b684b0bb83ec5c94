package dev.ragops.runtime.lexical;

import dev.ragops.runtime.index.OrdinalFilter;
import dev.ragops.runtime.index.ScoredOrdinals;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.Similarity;

/** One Lucene point-in-time reader as a {@link LexicalIndex}. */
final class LuceneLexicalIndex implements LexicalIndex {
    /** Words of a question that count; a pasted page is cut here. */
    private static final int MAX_TERMS = 256;

    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final Analyzer analyzer;
    private final long memoryBytes;

    LuceneLexicalIndex(DirectoryReader reader, Analyzer analyzer, Similarity similarity, long memoryBytes) {
        this.reader = reader;
        this.analyzer = analyzer;
        this.memoryBytes = memoryBytes;
        this.searcher = new IndexSearcher(reader);
        this.searcher.setSimilarity(similarity);
        // Filters belong to one view and change with it; Lucene's own cache would keep them for nothing.
        this.searcher.setQueryCache(null);
    }

    @Override
    public int size() {
        return reader.numDocs();
    }

    @Override
    public ScoredOrdinals search(String question, int k, OrdinalFilter accept) {
        Map<String, Integer> terms = terms(question);
        if (terms.isEmpty() || k == 0 || size() == 0 || accept.cardinality() == 0) {
            return ScoredOrdinals.NONE;
        }
        BooleanQuery.Builder words = new BooleanQuery.Builder();
        terms.forEach((word, count) -> {
            Query query = new TermQuery(new Term(LuceneLexicalWriter.BODY, word));
            words.add(count == 1 ? query : new BoostQuery(query, count), BooleanClause.Occur.SHOULD);
        });
        Query query = words.build();
        if (accept.cardinality() < size()) {
            query = new BooleanQuery.Builder()
                    .add(query, BooleanClause.Occur.MUST)
                    .add(new AcceptedQuery(accept), BooleanClause.Occur.FILTER)
                    .build();
        }
        try {
            ScoreDoc[] found = searcher.search(query, Math.min(k, size())).scoreDocs;
            return byOrdinal(found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            // The reader is closed once this object is unreachable, which must not be in the middle of its own search.
            Reference.reachabilityFence(this);
        }
    }

    /** How often each word of the question stands in it. */
    private Map<String, Integer> terms(String question) {
        Map<String, Integer> terms = new LinkedHashMap<>();
        try (TokenStream stream = analyzer.tokenStream(LuceneLexicalWriter.BODY, question)) {
            CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            while (stream.incrementToken() && terms.size() < MAX_TERMS) {
                terms.merge(word.toString(), 1, Integer::sum);
            }
            stream.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return terms;
    }

    /**
     * Lucene's order is score, then arrival: exactly score, then ordinal. Ordinals are read in the order of the documents: one reader a segment does, where two hundred
     * cost a question as much as finding them.
     */
    private ScoredOrdinals byOrdinal(ScoreDoc[] found) throws IOException {
        long[] inOrder = new long[found.length];
        float[] scores = new float[found.length];
        for (int i = 0; i < found.length; i++) {
            inOrder[i] = (long) found[i].doc << Integer.SIZE | i;
            scores[i] = found[i].score;
        }
        Arrays.sort(inOrder);
        int[] ordinals = new int[found.length];
        int next = 0;
        for (LeafReaderContext leaf : reader.leaves()) {
            int end = leaf.docBase + leaf.reader().maxDoc();
            NumericDocValues values = leaf.reader().getNumericDocValues(LuceneLexicalWriter.ORDINAL);
            for (; next < inOrder.length && inOrder[next] >> Integer.SIZE < end; next++) {
                values.advanceExact((int) (inOrder[next] >> Integer.SIZE) - leaf.docBase);
                ordinals[(int) inOrder[next]] = (int) values.longValue();
            }
        }
        return new ScoredOrdinals(ordinals, scores);
    }

    @Override
    public boolean isWhole() {
        return reader.leaves().size() <= 1;
    }

    @Override
    public long memoryBytes() {
        return memoryBytes;
    }

    @Override
    public void write(DataOutput out) throws IOException {
        try {
            LexicalImage.write(reader, out);
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
