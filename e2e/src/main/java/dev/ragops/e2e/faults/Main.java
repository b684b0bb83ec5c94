package dev.ragops.e2e.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Serves every fault below a path of its own on port 8080. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
        HttpServer server = serve(new InetSocketAddress(8080));
        System.out.println("faults on " + server.getAddress());
    }

    static HttpServer serve(InetSocketAddress address) throws IOException {
        HttpServer server = HttpServer.create(address, 0);
        server.setExecutor(Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("faults-", 0).factory()));
        server.createContext("/", Main::answer);
        server.start();
        return server;
    }

    private static void answer(HttpExchange exchange) throws IOException {
        Fault fault = Fault.of(exchange.getRequestURI().getPath()).orElse(Fault.NOT_FOUND);
        if (fault == Fault.HANG) {
            return; // the connection stays open and silent
        }
        exchange.getRequestBody().readAllBytes();
        byte[] body = fault.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("content-type", fault.contentType());
        exchange.sendResponseHeaders(fault.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
