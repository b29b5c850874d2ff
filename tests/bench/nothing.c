/* The command of the benchmark: it ends at once. */
int main(void)
{
    return 0;
}
