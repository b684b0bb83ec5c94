package dev.ragops.runtime.embed;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets so many callers in at a time, questions before passages, so that an ingest running beside them costs a question
 * at most one passage's time.
 */
final class QueryFirstGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition forQueries = lock.newCondition();
    private final Condition forPassages = lock.newCondition();
    private int free;
    private int waitingQueries;

    QueryFirstGate(int permits) {
        this.free = permits;
    }

    void enterAsQuery() {
        lock.lock();
        try {
            waitingQueries++;
            while (free == 0) {
                forQueries.awaitUninterruptibly();
            }
            waitingQueries--;
            free--;
        } finally {
            lock.unlock();
        }
    }

    void enterAsPassage() {
        lock.lock();
        try {
            while (free == 0 || waitingQueries > 0) {
                forPassages.awaitUninterruptibly();
            }
            free--;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            free++;
            if (waitingQueries > 0) {
                forQueries.signal();
            }
            if (waitingQueries < free) {
                forPassages.signal();
            }
        } finally {
            lock.unlock();
        }
    }
}
