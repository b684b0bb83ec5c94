package dev.ragops.runtime.embed;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * Runs an ONNX sentence encoder on the CPU: one shared session, one thread a call, as many calls at a time as there is
 * quota (ONNX Runtime itself does not see cgroup limits).
 */
final class OnnxEmbedder implements Embedder {
    /** Padded tokens a batch of fp32 passages may have: larger ones gain little and make a question wait longer. */
    private static final int BATCH_TOKENS = 256;

    private static final Set<String> INPUTS = Set.of("input_ids", "attention_mask", "token_type_ids");

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Tokenizer tokenizer;
    private final EmbedderSpec.Encoding encoding;
    private final String fingerprint;
    private final boolean singly;
    private final int concurrency;
    private final QueryFirstGate gate;
    private final String output;
    private final int dimension;
    /** Held for reading during a call, for writing by close: native memory is never freed under a running call. */
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();

    private boolean closed;

    OnnxEmbedder(
            ByteBuffer model,
            String source,
            Tokenizer tokenizer,
            EmbedderSpec.Encoding encoding,
            String fingerprint,
            int concurrency) {
        this.tokenizer = tokenizer;
        this.encoding = encoding;
        this.fingerprint = fingerprint;
        this.concurrency = Math.max(1, concurrency);
        this.gate = new QueryFirstGate(this.concurrency);
        OnnxFile.Facts facts = OnnxFile.inspect(model, source);
        this.singly = facts.dynamicallyQuantised();
        this.session = open(environment, model, facts, source);
        this.output = tokenStates(session, source);
        this.dimension = probe(source);
    }

    private static OrtSession open(OrtEnvironment environment, ByteBuffer model, OnnxFile.Facts facts, String source) {
        byte[] shapes = LayerShapes.of(facts);
        // Outside the heap, and gone at once: a heap that has once grown by the size of the weights stays so.
        try (Arena arena = Arena.ofConfined();
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            environment.setTelemetry(false);
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.addConfigEntry("session.inter_op.allow_spinning", "0");
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            // Patterns are kept per input shape; lengths vary, so they would only grow.
            options.setMemoryPatternOptimization(false);
            ByteBuffer told =
                    arena.allocate(model.limit() + (long) shapes.length).asByteBuffer();
            told.put(model.duplicate()).put(shapes).flip();
            return environment.createSession(told, options);
        } catch (OrtException e) {
            throw new EmbedderException(source + " cannot be loaded by ONNX Runtime: " + e.getMessage(), e);
        }
    }

    private static String tokenStates(OrtSession session, String source) {
        for (String input : session.getInputNames()) {
            if (!INPUTS.contains(input)) {
                throw new EmbedderException(
                        source + " wants the input '" + input + "'; a sentence encoder has only " + INPUTS);
            }
        }
        try {
            for (NodeInfo node : session.getOutputInfo().values()) {
                if (node.getInfo() instanceof TensorInfo info && info.getShape().length == 3) {
                    return node.getName();
                }
            }
        } catch (OrtException e) {
            throw new EmbedderException(source + ": outputs cannot be read", e);
        }
        throw new EmbedderException(source + " has no output of shape [batch, tokens, dimension]; it has "
                + session.getOutputNames() + ": export the encoder without its pooling layer");
    }

    /** The first run: proves that the model works and warms the allocator. */
    private int probe(String source) {
        try {
            return run(List.of(tokenizer.encode("ready", encoding.maxTokens()))).getFirst().length;
        } catch (EmbedderException e) {
            close();
            throw new EmbedderException(source + " does not run: " + e.getMessage(), e);
        }
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public int concurrency() {
        return concurrency;
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public int maxTokens() {
        return encoding.maxTokens();
    }

    @Override
    public int passageTokens() {
        return encoding.maxTokens() - tokenizer.encode(encoding.passagePrefix(), encoding.maxTokens()).length;
    }

    @Override
    public CacheStats queryCache() {
        return CacheStats.NONE;
    }

    @Override
    public float[] embedQuery(String text) {
        long[] ids = tokenizer.encode(encoding.queryPrefix() + text, encoding.maxTokens());
        gate.enterAsQuery();
        try {
            return run(List.of(ids)).getFirst();
        } finally {
            gate.leave();
        }
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
        List<long[]> ids = texts.stream()
                .map(text -> tokenizer.encode(encoding.passagePrefix() + text, encoding.maxTokens()))
                .toList();
        float[][] vectors = new float[texts.size()][];
        for (List<Integer> batch : batches(ids)) {
            gate.enterAsPassage();
            try {
                List<float[]> results = run(batch.stream().map(ids::get).toList());
                for (int i = 0; i < batch.size(); i++) {
                    vectors[batch.get(i)] = results.get(i);
                }
            } finally {
                gate.leave();
            }
        }
        return List.of(vectors);
    }

    /** Length-sorted, so that little is padding; one by one when companions would change a result. */
    private List<List<Integer>> batches(List<long[]> ids) {
        List<Integer> order = IntStream.range(0, ids.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> ids.get(i).length))
                .toList();
        List<List<Integer>> batches = new ArrayList<>();
        List<Integer> batch = new ArrayList<>();
        for (int i : order) {
            boolean full = (batch.size() + 1) * ids.get(i).length > BATCH_TOKENS;
            if (!batch.isEmpty() && (singly || full)) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(i);
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    private List<float[]> run(List<long[]> batch) {
        int padded = batch.stream().mapToInt(ids -> ids.length).max().orElse(0);
        LongBuffer ids = LongBuffer.allocate(batch.size() * padded);
        LongBuffer mask = LongBuffer.allocate(batch.size() * padded);
        for (int row = 0; row < batch.size(); row++) {
            long[] text = batch.get(row);
            ids.put(row * padded, text);
            for (int i = 0; i < text.length; i++) {
                mask.put(row * padded + i, 1);
            }
        }
        open.readLock().lock();
        try {
            if (closed) {
                throw new EmbedderException("the embedder is closed");
            }
            return run(batch, padded, ids, mask);
        } catch (OrtException e) {
            throw new EmbedderException("encoding failed: " + e.getMessage(), e);
        } finally {
            open.readLock().unlock();
        }
    }

    private List<float[]> run(List<long[]> batch, int padded, LongBuffer ids, LongBuffer mask) throws OrtException {
        long[] shape = {batch.size(), padded};
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (String name : session.getInputNames()) {
                LongBuffer values = switch (name) {
                    case "input_ids" -> ids;
                    case "attention_mask" -> mask;
                    default -> LongBuffer.allocate(batch.size() * padded);
                };
                inputs.put(name, OnnxTensor.createTensor(environment, values, shape));
            }
            try (OrtSession.Result result = session.run(inputs, Set.of(output))) {
                OnnxTensor states = (OnnxTensor) result.get(0);
                int width = (int) states.getInfo().getShape()[2];
                var buffer = states.getFloatBuffer();
                List<float[]> vectors = new ArrayList<>(batch.size());
                for (int row = 0; row < batch.size(); row++) {
                    vectors.add(Pooler.pool(buffer, row, padded, batch.get(row).length, width, encoding));
                }
                return vectors;
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                session.close();
            }
        } catch (OrtException e) {
            throw new EmbedderException("closing failed: " + e.getMessage(), e);
        } finally {
            open.writeLock().unlock();
        }
    }
}
