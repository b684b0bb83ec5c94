package dev.ragops.runtime.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class QueryFirstGateTest {
    @Test
    void a_question_that_came_later_goes_before_a_waiting_passage() throws InterruptedException {
        QueryFirstGate gate = new QueryFirstGate(1);
        List<String> order = new CopyOnWriteArrayList<>();
        gate.enterAsPassage();
        Thread passage = started(() -> {
            gate.enterAsPassage();
            order.add("passage");
            gate.leave();
        });
        Thread query = started(() -> {
            gate.enterAsQuery();
            order.add("query");
            gate.leave();
        });
        gate.leave();
        passage.join(10_000);
        query.join(10_000);
        assertThat(order).containsExactly("query", "passage");
    }

    private static Thread started(Runnable work) {
        Thread thread = Thread.ofPlatform().start(work);
        await().until(() -> thread.getState() == Thread.State.WAITING);
        return thread;
    }
}
