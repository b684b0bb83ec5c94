package dev.ragops.runtime.embed;

import java.util.Arrays;
import java.util.List;

/**
 * The pieces of a WordPiece model as a trie, so that the longest match is one walk over the word and allocates nothing.
 *
 * <p>Edges live in one open-addressed table keyed by (node, char). Node 0 starts a word, node 1 continues one.
 */
final class Vocabulary {
    static final int NONE = -1;
    private static final int WORD = 0;
    private static final int CONTINUATION = 1;

    private final long[] edges;
    private final int[] targets;
    private final int mask;
    private int[] idOfNode = new int[1 << 16];
    private int nodes = 2;

    final int unknown;
    final int classify;
    final int separate;

    /**
     * @param pieces by id; continuations start with {@code ##}
     * @param source names the file in errors
     */
    Vocabulary(List<String> pieces, String source) {
        long chars = 0;
        for (String piece : pieces) {
            chars += piece.length();
        }
        int capacity = Integer.highestOneBit((int) Math.min(1 << 28, Math.max(16, chars))) * 2;
        edges = new long[capacity];
        targets = new int[capacity];
        mask = capacity - 1;
        Arrays.fill(edges, -1L);
        Arrays.fill(idOfNode, NONE);
        for (int id = 0; id < pieces.size(); id++) {
            String piece = pieces.get(id);
            boolean continues = piece.startsWith("##") && piece.length() > 2;
            insert(continues ? piece.substring(2) : piece, continues ? CONTINUATION : WORD, id);
        }
        unknown = special("[UNK]", pieces, source);
        classify = special("[CLS]", pieces, source);
        separate = special("[SEP]", pieces, source);
    }

    private static int special(String piece, List<String> pieces, String source) {
        int id = pieces.indexOf(piece);
        if (id < 0) {
            throw new EmbedderException(source + ": no " + piece + " in it, so it is not a WordPiece vocabulary");
        }
        return id;
    }

    private void insert(String text, int root, int id) {
        int node = root;
        for (int i = 0; i < text.length(); i++) {
            int slot = slot(node, text.charAt(i));
            if (edges[slot] == -1L) {
                if (nodes == idOfNode.length) {
                    idOfNode = Arrays.copyOf(idOfNode, nodes * 2);
                    Arrays.fill(idOfNode, nodes, nodes * 2, NONE);
                }
                edges[slot] = key(node, text.charAt(i));
                targets[slot] = nodes++;
            }
            node = targets[slot];
        }
        if (idOfNode[node] == NONE) {
            idOfNode[node] = id;
        }
    }

    private static long key(int node, char c) {
        return ((long) node << 16) | c;
    }

    private int slot(int node, char c) {
        long key = key(node, c);
        int at = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (edges[at] != key && edges[at] != -1L) {
            at = (at + 1) & mask;
        }
        return at;
    }

    /**
     * The longest piece that stands at {@code from}.
     *
     * @return {@code (end << 32) | id}, or {@link #NONE}
     */
    long longest(char[] word, int from, int length) {
        int node = from == 0 ? WORD : CONTINUATION;
        long best = NONE;
        for (int i = from; i < length; i++) {
            int slot = slot(node, word[i]);
            if (edges[slot] == -1L) {
                return best;
            }
            node = targets[slot];
            int id = idOfNode[node];
            if (id != NONE) {
                best = ((long) (i + 1) << 32) | id;
            }
        }
        return best;
    }
}
