package dev.ragops.runtime.index;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows and graphs as bytes, so that a restart need not build again what took minutes. Reading trusts nothing: every count
 * and every neighbour is checked, because a wrong one would only show in the middle of somebody's search.
 *
 * <p>Layout, numbers big-endian, arrays little-endian: rows, dimension, each row's floats; then the graphs, each from, to,
 * links a node, entry, top level, each node's level, level 0, upper levels. The integer form is derived again.
 */
public final class IndexImage {
    private static final int MAX_DIMENSION = 1 << 14;

    private IndexImage() {}

    /** Graphs by another hand than ours are left out; whoever reads the image has them built again. */
    public static void write(VectorIndex written, DataOutput out) throws IOException {
        SegmentedIndex index = (SegmentedIndex) written;
        VectorRows rows = index.rows();
        out.writeInt(rows.size());
        out.writeInt(rows.dimension());
        ByteBuffer floats = buffer(rows.dimension());
        for (int row = 0; row < rows.size(); row++) {
            floats.asFloatBuffer().put(rows.block(row), rows.offset(row), rows.dimension());
            out.write(floats.array());
        }
        List<HnswGraph> graphs = index.segments().stream()
                .filter(HnswGraph.class::isInstance)
                .map(HnswGraph.class::cast)
                .toList();
        boolean whole = graphs.size() == index.segments().size();
        out.writeInt(whole ? graphs.size() : 0);
        if (whole) {
            for (HnswGraph graph : graphs) {
                writeGraph(graph, out);
            }
        }
    }

    /** @throws IOException when the bytes are not an image of vectors of {@code dimension} */
    public static SegmentedIndex read(DataInput in, int dimension) throws IOException {
        int count = in.readInt();
        require(count >= 0, "row count", count);
        int width = in.readInt();
        require(width == dimension && width <= MAX_DIMENSION, "dimension", width);
        VectorRows rows = VectorRows.empty(dimension);
        ByteBuffer floats = buffer(dimension);
        // A block at a time: a file that is cut short ends here before much was allocated for what it promised.
        for (int row = 0; row < count; ) {
            List<float[]> block = new ArrayList<>();
            for (; row < count && block.size() < VectorRows.BLOCK; row++) {
                in.readFully(floats.array());
                float[] vector = new float[dimension];
                floats.asFloatBuffer().get(vector);
                block.add(vector);
            }
            rows = rows.append(block);
        }
        int graphs = in.readInt();
        require(graphs >= 0 && graphs <= count, "graph count", graphs);
        List<GraphSegment> segments = new ArrayList<>();
        int covered = 0;
        for (int i = 0; i < graphs; i++) {
            HnswGraph graph = readGraph(rows, covered, in);
            covered = graph.to();
            segments.add(graph);
        }
        return SegmentedIndex.of(segments, rows);
    }

    private static void writeGraph(HnswGraph graph, DataOutput out) throws IOException {
        HnswLinks links = graph.links();
        out.writeInt(graph.from());
        out.writeInt(graph.to());
        out.writeInt(links.perNode());
        out.writeInt(links.entry());
        out.writeInt(links.topLevel());
        for (int node = 0; node < links.size(); node++) {
            out.writeByte(links.level(node));
        }
        ByteBuffer numbers = buffer(links.capacity(0) + 1);
        for (int node = 0; node < links.size(); node++) {
            for (int level = 0; level <= links.level(node); level++) {
                int[] array = links.array(node, level);
                int at = links.offset(node, level);
                numbers.asIntBuffer().put(array, at, array[at] + 1);
                out.write(numbers.array(), 0, (array[at] + 1) * Integer.BYTES);
            }
        }
    }

    private static HnswGraph readGraph(VectorRows rows, int covered, DataInput in) throws IOException {
        int from = in.readInt();
        int to = in.readInt();
        require(from == covered && to >= from && to <= rows.size(), "graph range", to);
        int perNode = in.readInt();
        require(perNode >= 2 && perNode <= 256, "links a node", perNode);
        int entry = in.readInt();
        int topLevel = in.readInt();
        int size = to - from;
        byte[] levels = new byte[size];
        in.readFully(levels);
        require(size == 0 ? entry == -1 : entry >= 0 && entry < size && levels[entry] == topLevel, "entry", entry);
        HnswLinks links = new HnswLinks(size, perNode);
        links.enterAt(entry, topLevel);
        for (int node = 0; node < size; node++) {
            require(levels[node] >= 0 && levels[node] <= topLevel, "level", levels[node]);
            links.raise(node, levels[node]);
        }
        ByteBuffer numbers = buffer(links.capacity(0));
        for (int node = 0; node < size; node++) {
            for (int level = 0; level <= levels[node]; level++) {
                readNeighbours(links, node, level, levels, numbers, in);
            }
        }
        return new HnswGraph(rows, from, links, HnswGraph.Shape.DEFAULT);
    }

    private static void readNeighbours(
            HnswLinks links, int node, int level, byte[] levels, ByteBuffer numbers, DataInput in) throws IOException {
        int count = Integer.reverseBytes(in.readInt());
        require(count >= 0 && count <= links.capacity(level), "neighbour count", count);
        in.readFully(numbers.array(), 0, count * Integer.BYTES);
        int[] neighbours = new int[count];
        numbers.asIntBuffer().get(neighbours);
        for (int neighbour : neighbours) {
            require(neighbour >= 0 && neighbour < levels.length && levels[neighbour] >= level, "neighbour", neighbour);
        }
        links.set(node, level, neighbours, count);
    }

    private static ByteBuffer buffer(int numbers) {
        return ByteBuffer.allocate(numbers * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void require(boolean holds, String what, int value) throws IOException {
        if (!holds) {
            throw new IOException(what + " " + value + " is impossible");
        }
    }
}
