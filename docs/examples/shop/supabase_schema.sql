-- The schema as it was copied from the project's SQL editor.

CREATE TYPE public.purchase_status AS ENUM ('pending', 'paid', 'shipped', 'cancelled');

CREATE TABLE public.sellers (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name character varying(120) NOT NULL,
    contact_email character varying(320) NOT NULL,
    country character varying(2),
    payout_account text,
    created_at timestamp without time zone NOT NULL DEFAULT now(),
    CONSTRAINT sellers_pkey PRIMARY KEY (id),
    CONSTRAINT sellers_contact_email_key UNIQUE (contact_email)
);

CREATE TABLE public.products (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    seller_id uuid NOT NULL,
    title character varying(200) NOT NULL,
    description text,
    price numeric(10, 2) NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (id),
    CONSTRAINT products_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.sellers (id) ON DELETE CASCADE
);

CREATE INDEX ix_products_seller_id ON public.products USING btree (seller_id);

CREATE TABLE public.purchases (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    product_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    status public.purchase_status NOT NULL DEFAULT 'pending',
    quantity integer NOT NULL DEFAULT 1,
    amount numeric(12, 2) NOT NULL,
    note character varying(500),
    created_at timestamp without time zone NOT NULL DEFAULT now(),
    CONSTRAINT purchases_pkey PRIMARY KEY (id),
    CONSTRAINT purchases_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products (id) ON DELETE CASCADE
);

CREATE INDEX ix_purchases_buyer_id_created_at ON public.purchases USING btree (buyer_id, created_at);

ALTER TABLE public.sellers ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.purchases ENABLE ROW LEVEL SECURITY;

CREATE POLICY "products are public" ON public.products FOR SELECT TO anon, authenticated USING (true);
CREATE POLICY "buyers see their purchases" ON public.purchases FOR SELECT TO authenticated
    USING (auth.uid() = buyer_id);
CREATE POLICY "buyers cancel their purchases" ON public.purchases FOR UPDATE TO authenticated
    USING (auth.uid() = buyer_id) WITH CHECK (auth.uid() = buyer_id);
