// A server for an image that holds nothing else: answers everybody who connects to the socket ARGV[1] with one line,
// and ends with status 0 at SIGTERM, when the socket is gone.
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un address = {.sun_family = AF_UNIX};

static void end(int signal)
{
    (void)signal;
    _exit(unlink(address.sun_path) == 0 ? 0 : 1);
}

int main(int argc, char **argv)
{
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (argc != 2 || strlen(argv[1]) >= sizeof address.sun_path)
        return 2;
    strcpy(address.sun_path, argv[1]);
    if (signal(SIGTERM, end) == SIG_ERR || signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
        bind(server, (struct sockaddr *)&address, sizeof address) != 0 || listen(server, 8) != 0)
        return 1;
    for (;;) {
        int client = accept(server, NULL, NULL);
        if (client < 0)
            continue;
        if (write(client, "served\n", 7) != 7)
            return 1;
        close(client);
    }
}
