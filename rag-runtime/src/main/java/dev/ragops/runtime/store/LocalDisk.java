package dev.ragops.runtime.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Whether a folder is on a disk of this machine: SQLite's locks and shared memory do not reach across a network. */
final class LocalDisk {
    private static final Set<String> NETWORK = Set.of(
            "nfs",
            "nfs4",
            "cifs",
            "smb",
            "smbfs",
            "smb2",
            "smb3",
            "afs",
            "afpfs",
            "webdav",
            "9p",
            "ceph",
            "glusterfs",
            "lustre",
            "gpfs",
            "beegfs",
            "ocfs2",
            "gfs2");
    /** Of these behind FUSE; others, like that of an overlay, are local. */
    private static final Set<String> NETWORK_FUSE = Set.of(
            "sshfs", "s3fs", "glusterfs", "ceph", "gcsfuse", "blobfuse", "blobfuse2", "juicefs", "rclone", "goofys");

    private LocalDisk() {}

    static void require(Path folder) {
        try {
            String type = Files.getFileStore(folder).type();
            if (isNetwork(type)) {
                throw new StoreException("a SQLite store cannot be kept on " + folder + ", a network file system ("
                        + type + "): use a local or block volume, or PostgreSQL");
            }
        } catch (IOException e) {
            throw new StoreException("cannot tell on which file system " + folder + " is: " + e.getMessage(), e);
        }
    }

    static boolean isNetwork(String type) {
        String name = type.toLowerCase(Locale.ROOT);
        return name.startsWith("fuse.")
                ? NETWORK_FUSE.contains(name.substring("fuse.".length()))
                : NETWORK.contains(name);
    }
}
