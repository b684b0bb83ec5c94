package dev.ragops.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class VisitorsTest {
    private final Visitors visitors = new Visitors(3);
    private final List<String> closed = new ArrayList<>();
    private final Map<String, Handler<Void>> handlers = new HashMap<>();

    @Test
    void whoAskedForNothingTheLongestMakesRoom() {
        HttpConnection a = comes("a", 0);
        comes("b", 1);
        comes("c", 2);
        visitors.asks(a);
        comes("d", 3);

        assertThat(closed).containsExactly("b");
        assertThat(visitors.count()).isEqualTo(3);
    }

    @Test
    void withNobodyIdleWhoComesLastHasToComeAgain() {
        for (String name : List.of("a", "b", "c")) {
            visitors.asks(comes(name, 0));
        }
        comes("d", 1);

        assertThat(closed).containsExactly("d");
        assertThat(visitors.count()).isEqualTo(3);
    }

    @Test
    void whoSendsNoHeadInTimeIsClosedAndWhoIsServedIsNot() {
        HttpConnection a = comes("a", 0);
        comes("slow", 0);
        visitors.asks(a);

        visitors.sweep(Visitors.FIRST_HEAD_MILLIS);

        assertThat(closed).containsExactly("slow");
    }

    @Test
    void betweenTwoRequestsThereIsMoreTime() {
        HttpConnection a = comes("a", 0);
        visitors.asks(a);
        visitors.asks(a);
        visitors.isServed(a, 10);
        visitors.sweep(10 + Visitors.IDLE_MILLIS);
        assertThat(closed).isEmpty();
        visitors.isServed(a, 20);

        visitors.sweep(19 + Visitors.IDLE_MILLIS);
        assertThat(closed).isEmpty();
        visitors.sweep(20 + Visitors.IDLE_MILLIS);

        assertThat(closed).containsExactly("a");
        assertThat(visitors.count()).isZero();
    }

    private HttpConnection comes(String name, long now) {
        HttpConnection connection = (HttpConnection) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpConnection.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "closeHandler" -> {
                        handlers.put(name, handler(arguments[0]));
                        yield self;
                    }
                    case "close" -> {
                        closed.add(name);
                        Objects.requireNonNull(handlers.get(name)).handle(null);
                        yield Future.succeededFuture();
                    }
                    case "hashCode" -> name.hashCode();
                    case "equals" -> self == arguments[0];
                    default -> throw new AssertionError(method.getName());
                });
        visitors.came(connection, now);
        return connection;
    }

    @SuppressWarnings("unchecked")
    private static Handler<Void> handler(Object argument) {
        return (Handler<Void>) argument;
    }
}
