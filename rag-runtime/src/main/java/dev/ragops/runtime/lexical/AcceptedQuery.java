package dev.ragops.runtime.lexical;

import dev.ragops.runtime.index.OrdinalFilter;
import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.ConstantScoreScorer;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.TwoPhaseIterator;
import org.apache.lucene.search.Weight;
import org.jspecify.annotations.Nullable;

/** Both legs obey one filter: lets Lucene see only the passages whose ordinals are accepted. */
final class AcceptedQuery extends Query {
    private final OrdinalFilter accept;

    AcceptedQuery(OrdinalFilter accept) {
        this.accept = accept;
    }

    @Override
    public Weight createWeight(IndexSearcher searcher, ScoreMode mode, float boost) {
        return new ConstantScoreWeight(this, boost) {
            @Override
            public @Nullable ScorerSupplier scorerSupplier(LeafReaderContext leaf) throws IOException {
                NumericDocValues ordinals = leaf.reader().getNumericDocValues(LuceneLexicalWriter.ORDINAL);
                if (ordinals == null) {
                    return null;
                }
                TwoPhaseIterator check =
                        new TwoPhaseIterator(DocIdSetIterator.all(leaf.reader().maxDoc())) {
                            @Override
                            public boolean matches() throws IOException {
                                return ordinals.advanceExact(approximation.docID())
                                        && accept.accepts((int) ordinals.longValue());
                            }

                            @Override
                            public float matchCost() {
                                return 4;
                            }
                        };
                return new DefaultScorerSupplier(new ConstantScoreScorer(score(), mode, check));
            }

            @Override
            public boolean isCacheable(LeafReaderContext leaf) {
                return false;
            }
        };
    }

    @Override
    public String toString(String field) {
        return "accepted(" + accept.cardinality() + ")";
    }

    @Override
    public void visit(QueryVisitor visitor) {
        visitor.visitLeaf(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AcceptedQuery query && query.accept == accept;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(accept);
    }
}
