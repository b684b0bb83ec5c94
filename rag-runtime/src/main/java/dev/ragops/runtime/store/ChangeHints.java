package dev.ragops.runtime.store;

/** Word from one process to the others that something was written: makes them look sooner, and may get lost. */
interface ChangeHints extends AutoCloseable {
    /** Where processes share nothing but a file: they look by themselves, which costs next to nothing there. */
    ChangeHints NONE = new ChangeHints() {
        @Override
        public void send(Connections connections) {}

        @Override
        public void listen(Runnable hint) {}

        @Override
        public void close() {}
    };

    /** After the commit: inside the transaction it would make the writers of all stores of the database wait for each other. */
    void send(Connections connections);

    void listen(Runnable hint);

    @Override
    void close();
}
